// Plots in SVG, drawn in true pixels: text keeps its size on a phone, colours follow the page.
import { h, power, s, unique } from "./dom.js";

/** About n round numbers between low and high. */
export function ticks(low, high, n) {
  const raw = (high - low) / n;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * [1, 2, 5, 10].find((m) => m * unit >= raw);
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) found.push(i * step);
  return found.map((t) => Number(t.toPrecision(12)));
}

/** At most n whole exponents between low and high, for an axis in powers of ten. */
export function decades(low, high, n) {
  const step = Math.max(1, Math.ceil((high - low) / n));
  const found = [];
  for (let e = Math.ceil(low / step) * step; e <= high; e += step) found.push(e);
  return found;
}

/**
 * The piece of the segment from p to q inside the box [x0, y0, x1, y1], or null (Liang–Barsky). Also
 * null for an end so far away that rounding would put the piece anywhere.
 */
export function clip(p, q, box) {
  const d = [q[0] - p[0], q[1] - p[1]];
  const far = 1e12 * Math.max(box[2] - box[0], box[3] - box[1]);
  if (![...p, ...q].every((value) => Math.abs(value) < far)) return null;
  let enter = 0;
  let leave = 1;
  for (const axis of [0, 1]) {
    if (d[axis] === 0) {
      if (p[axis] < box[axis] || p[axis] > box[axis + 2]) return null;
      continue;
    }
    const a = (box[axis] - p[axis]) / d[axis];
    const b = (box[axis + 2] - p[axis]) / d[axis];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  if (enter > leave) return null;
  return [enter, leave].map((t) => [p[0] + t * d[0], p[1] + t * d[1]]);
}

/**
 * A plot that fills its element's width.
 * label: what it shows, for screen readers; interactive: true when it holds handles.
 * height(width): pixels; margin: [top, right, bottom, left]; x, y: { label, ticks, scale }.
 * axes(width, height of the pane) gives { x: [low, high], y: [low, high], log: true where y holds
 * exponents of ten }.
 * draw(layer, view, front): add the data behind the handles, or in front of them (untouchable);
 * view has X, Y (value to pixel), x, y (pixel to value), box (pixels) and domain (values).
 */
export function plot(frame, { label, interactive, height, margin, x, y, axes, draw }) {
  const id = unique("clip");
  const hole = s("rect");
  const grid = s("g", { class: "nnb-axes", "aria-hidden": "true" });
  const layer = s("g", { "clip-path": `url(#${id})` });
  const handles = s("g");
  const front = s("g", { "pointer-events": "none", "clip-path": `url(#${id})` });
  const svg = s(
    "svg",
    { class: "nnb-plot", role: interactive ? "group" : "img", "aria-label": label },
    s("defs", {}, s("clipPath", { id }, hole)),
    grid,
    layer,
    handles,
    front,
  );
  const element = h("div", { class: "nnb-figure" }, svg);
  let width = 0;

  const self = {
    element,
    svg,
    handles,
    view: null,
    describe: (text) => svg.setAttribute("aria-label", text),
    draw() {
      if (!width) return;
      const tall = Math.round(height(width));
      const [top, right, bottom, left] = margin;
      const w = width - left - right;
      const t = tall - top - bottom;
      const domain = axes(w, t);
      const [x0, x1] = domain.x;
      const [y0, y1] = domain.y;
      const view = {
        X: (value) => left + ((value - x0) / (x1 - x0)) * w,
        Y: (value) => top + ((y1 - value) / (y1 - y0)) * t,
        x: (pixel) => x0 + ((pixel - left) / w) * (x1 - x0),
        y: (pixel) => y1 - ((pixel - top) / t) * (y1 - y0),
        box: [left, top, left + w, top + t],
        domain: [x0, y0, x1, y1],
      };
      self.view = view;
      for (const [name, value] of [["width", width], ["height", tall], ["viewBox", `0 0 ${width} ${tall}`]])
        svg.setAttribute(name, value);
      for (const [name, value] of [["x", left], ["y", top], ["width", w], ["height", t]])
        hole.setAttribute(name, value);
      grid.replaceChildren(...axisLines(view, domain, { x, y, width, tall }));
      layer.replaceChildren();
      front.replaceChildren();
      draw(layer, view, front);
    },
  };
  frame.onResize(element, (now) => {
    const rounded = Math.floor(now); // never wider than its place, so that letters keep their size
    if (rounded && rounded !== width) {
      width = rounded;
      self.draw();
    }
  });
  return self;
}

function axisLines(view, domain, { x, y, width, tall }) {
  const [left, top, right, bottom] = view.box;
  const found = [s("rect", { class: "nnb-pane", x: left, y: top, width: right - left, height: bottom - top })];
  for (const value of x.ticks || ticks(...domain.x, 5)) {
    const at = view.X(value);
    found.push(s("line", { x1: at, x2: at, y1: top, y2: bottom }));
    found.push(s("text", { x: at, y: bottom + 17, "text-anchor": "middle" }, String(value).replace("-", "−")));
  }
  const marks = domain.log ? decades(...domain.y, 5) : y.ticks || ticks(...domain.y, 5);
  for (const value of marks) {
    const at = view.Y(value);
    const text = domain.log ? power(value) : String(value).replace("-", "−");
    found.push(s("line", { x1: left, x2: right, y1: at, y2: at }));
    found.push(s("text", { x: left - 7, y: at + 4, "text-anchor": "end" }, text));
  }
  const name = (label, attributes) => {
    const [, letter, index, rest] = label.match(/^(\w)(?:_(\d))?(.*)$/);
    const text = s("text", { class: "nnb-axis-name", ...attributes }, s("tspan", { class: "nnb-letter" }, letter));
    if (index) text.append(s("tspan", { dy: 4, "font-size": 12 }, index));
    if (rest) text.append(s("tspan", { dy: index ? -4 : 0 }, rest));
    return text;
  };
  found.push(name(x.label, { x: right, y: tall - 4, "text-anchor": "end" }));
  found.push(name(y.label, { x: 2, y: top - 8 }));
  return found;
}

/** "M… L…" through pixel points. */
export function line(points) {
  return points.map((p, i) => `${i ? "L" : "M"}${p[0].toFixed(2)} ${p[1].toFixed(2)}`).join("");
}

/** Dots as one path: zero-length strokes with round caps (give it a stroke-width). */
export function dots(points) {
  return points.map((p) => `M${p[0].toFixed(2)} ${p[1].toFixed(2)}h0`).join("");
}

/**
 * Something that is dragged by mouse or finger and moved by arrow keys.
 * node: an SVG element; drag(x, y, start): position in data units, start true on the first call;
 * key(dx, dy, big): arrows as −1, 0 or 1.
 * describe(): { now, min, max, text } for the screen reader, read by refresh().
 */
export function handle(frame, plot, { node, label, drag, key, describe }) {
  node.classList.add("nnb-handle");
  for (const [name, value] of [["tabindex", 0], ["role", "slider"], ["aria-label", label]])
    node.setAttribute(name, value);
  const where = (event) => {
    const box = plot.svg.getBoundingClientRect();
    // a hand that leaves the picture stays just inside, so that what it holds can be seen
    const [left, top, right, bottom] = plot.view.box;
    const inside = (pixel, low, high) => Math.max(low + 12, Math.min(high - 12, pixel));
    return [
      plot.view.x(inside(event.clientX - box.left, left, right)),
      plot.view.y(inside(event.clientY - box.top, top, bottom)),
    ];
  };
  frame.on(node, "pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    node.setPointerCapture(event.pointerId);
    drag(...where(event), true);
  });
  // touch-action in CSS does not hold inside SVG everywhere: keep the page from scrolling along
  frame.on(node, "touchstart", (event) => event.preventDefault(), { passive: false });
  frame.on(node, "pointermove", (event) => {
    if (node.hasPointerCapture(event.pointerId)) drag(...where(event), false);
  });
  const arrows = {
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1],
    PageUp: [0, 1, true], PageDown: [0, -1, true],
  };
  frame.on(node, "keydown", (event) => {
    if (!arrows[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [dx, dy, big] = arrows[event.key];
    key(dx, dy, big || event.shiftKey);
  });
  return {
    node,
    refresh() {
      const { now, min, max, text } = describe();
      node.setAttribute("aria-valuenow", now);
      node.setAttribute("aria-valuemin", min);
      node.setAttribute("aria-valuemax", max);
      node.setAttribute("aria-valuetext", text);
    },
  };
}
