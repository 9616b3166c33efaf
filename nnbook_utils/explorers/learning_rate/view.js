// Gradient descent with momentum on a quadratic bowl: the path, the losses, theory's rate beside both.
import { bestMomentum, bestStep, descend, loss, measuredRate, radius, rate } from "./math.js";
import { h, math, number, s, steady, terms } from "../kit/dom.js";
import { animation, frame } from "../kit/frame.js";
import { button, slider } from "../kit/controls.js";
import { clip, dots, handle, line, plot } from "../kit/plot.js";

const CURVATURES = [0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

function render({ model, el }) {
  const f = frame({ model, el, name: "descent", label: "Explorer: the learning rate" });
  let shown = Infinity; // steps drawn while the animation runs
  let reach = 1.25; // half the height of the map
  let shape = 1; // its width over its height

  /** Make the map wide enough to hold the start. */
  function fit() {
    const [x, y] = f.get("start").map(Math.abs);
    while (Math.max(x / shape, y) > reach * (1 + 1e-9)) reach *= 2;
  }

  /** Everything that follows from the traits. */
  function run() {
    const [b, step, beta, steps] = ["b", "step", "momentum", "steps"].map(f.get);
    const points = descend(f.get("start"), b, step, beta, steps);
    const losses = points.map(([x, y]) => loss(x, y, b));
    return { b, step, beta, steps, points, losses, theory: rate(b, step, beta), measured: measuredRate(losses) };
  }
  let now = run();

  // ---- the map of f with the path
  const map = plot(f, {
    label: "",
    interactive: true,
    height: (width) => Math.min(1.15 * width, 420),
    margin: [26, 8, 34, 38],
    x: { label: "x" },
    y: { label: "y" },
    axes(width, height) {
      shape = width / height;
      const before = reach;
      fit();
      if (reach !== before) drawNumbers(); // they tell how many picture heights away the path ends
      const wide = reach * shape; // equal units: gradients stand upright on contours
      return { x: [-wide, wide], y: [-reach, reach] };
    },
    draw: drawMap,
  });
  const grip = s("g", {}, s("circle", { class: "nnb-touch", r: 18 }), s("circle", { class: "nnb-grip", r: 7.5 }));
  map.handles.append(grip);
  const limit = (value, edge) => Math.max(-edge, Math.min(edge, Number(value.toFixed(2))));
  const move = (x, y) => {
    const [, , right, top] = map.view.domain;
    play.stop();
    f.set({ start: [limit(x, right), limit(y, top)] });
  };
  let held = [0, 0]; // from the hand to the start
  const startHandle = handle(f, map, {
    node: grip,
    label: "Start of the path",
    drag(x, y, start) {
      const [fromX, fromY] = f.get("start");
      if (start) held = [fromX - x, fromY - y];
      else move(x + held[0], y + held[1]);
    },
    key(dx, dy, big) {
      const [x, y] = f.get("start");
      move(x + dx * (big ? 0.25 : 0.05), y + dy * (big ? 0.25 : 0.05));
    },
    describe() {
      const [x, y] = f.get("start");
      return { now: x, min: -reach, max: reach, text: `x ${number(x)}, y ${number(y)}` };
    },
  });

  function drawMap(layer, view) {
    const [x0, y0, x1, y1] = view.domain;
    const [cx, cy] = [view.X(0), view.Y(0)];
    const farthest = Math.sqrt(x1 * x1 + now.b * y1 * y1);
    const gap = reach / 8;
    for (let j = Math.floor(farthest / gap); j >= 1; j -= 1) {
      const rx = view.X(j * gap) - cx;
      layer.append(s("ellipse", { class: "nnb-level", cx, cy, rx, ry: rx / Math.sqrt(now.b) }));
    }
    layer.append(s("path", { class: "nnb-bottom", d: `M${cx - 5} ${cy}h10M${cx} ${cy - 5}v10` }));

    const points = now.points.slice(0, shown + 1);
    const pixel = ([x, y]) => [view.X(x), view.Y(y)];
    const margin = 0.1 * reach; // beyond the frame, where the clip path hides the cut
    const room = [x0 - margin, y0 - margin, x1 + margin, y1 + margin];
    const pieces = points.slice(1).map((q, k) => clip(points[k], q, room)).filter(Boolean);
    layer.append(s("path", { class: "nnb-path", d: pieces.map((piece) => line(piece.map(pixel))).join("") }));
    const inside = points.filter(([x, y]) => x > room[0] && x < room[2] && y > room[1] && y < room[3]);
    layer.append(s("path", { class: "nnb-stops", d: dots(inside.map(pixel)) }));
    grip.setAttribute("transform", `translate(${pixel(f.get("start"))})`);
    startHandle.refresh();
  }

  // ---- the losses, in powers of ten
  const curve = plot(f, {
    label: "",
    height: (width) => Math.min(0.62 * width, 230),
    margin: [26, 8, 34, 46],
    x: { label: "k (steps)" },
    y: { label: "f" },
    axes() {
      const logs = now.losses.filter((value) => value > 0 && value < Infinity).map(Math.log10);
      let low = Math.floor(Math.min(...logs, 0) - 0.05);
      let high = Math.ceil(Math.max(...logs, -3) + 0.05);
      if (!Number.isFinite(low) || !Number.isFinite(high)) [low, high] = [-3, 0];
      if (high - low < 2) low = high - 2;
      return { x: [0, Math.max(1, now.steps)], y: [low, high], log: true };
    },
    draw: drawCurve,
  });
  function drawCurve(layer, view) {
    const pixel = ([k, value]) => [view.X(k), view.Y(value)];
    const logs = now.losses.map((value, k) => [k, Math.log10(value)]).filter((p) => Number.isFinite(p[1]) && p[0] <= shown);
    layer.append(s("path", { class: "nnb-losses", d: line(logs.map(pixel)) }));
    if (now.steps <= 60) layer.append(s("path", { class: "nnb-loss-dots", d: dots(logs.map(pixel)) }));
    const first = Math.log10(now.losses[0]);
    const slope = Math.log10(now.theory);
    if (Number.isFinite(first) && Number.isFinite(slope)) {
      const piece = clip([0, first], [now.steps, first + slope * now.steps], view.domain);
      if (piece) layer.append(s("path", { class: "nnb-theory", d: line(piece.map(pixel)) }));
    }
  }

  // ---- numbers
  const formula = h("p", { class: "nnb-formula" });
  function formulas(step, b, beta) {
    const momentum = (letter) => (beta ? [`+ {weights|${beta}}·(*${letter}*_k_ − *${letter}*_k−1_)`] : []);
    return [
      [`*f* = ½ (*x*² + {data|${b}}·*y*²)`],
      [`*x*_k+1_ = *x*_k_ − {gradient|${step}}·*x*_k_`, ...momentum("x")],
      [`*y*_k+1_ = *y*_k_ − {gradient|${step}}·{data|${b}}·*y*_k_`, ...momentum("y")],
    ].map((parts) => h("span", {}, ...terms(...parts)));
  }
  const cells = Array.from({ length: 4 }, () => [h("td"), h("td"), h("td")]);
  const table = h("table", {},
    h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "colgroup", colspan: 2 }, "factor per step"))),
    h("tbody", {}, ...cells.map((row) => h("tr", {}, ...row))));
  const verdict = h("p", { class: "nnb-verdict nnb-note" });

  function tell() {
    const { points, losses, steps, theory } = now;
    const last = points.length - 1;
    const [x, y] = points[last];
    if (losses[0] === 0) return "The start is the lowest point: the gradient is zero there, so nothing moves.";
    if (last < steps) return `After ${last} steps the point leaves the range of floating point, which ends near ${number(1.8e308)}.`;
    const away = Math.hypot(x, y) / (2 * reach);
    if (away > 1) return `It runs away: after ${last} steps f is ${number(losses[last])}, and the point is ${number(away, away < 10 ? 1 : 0)} picture heights away.`;
    if (theory > 1 && losses[last] > losses[0]) return `It runs away: f grows, and after ${last} steps it is ${number(losses[last])}.`;
    if (Math.abs(theory - 1) < 1e-12) return `It neither settles nor runs away: after ${last} steps f is ${number(losses[last])}.`;
    return `After ${last} steps f is ${number(losses[last])}, from ${number(losses[0])} at the start.`;
  }
  function drawNumbers() {
    const { b, step, beta, theory, measured } = now;
    const [shownStep, shownB, shownBeta] = [number(step), number(b), number(beta)];
    formula.replaceChildren(...formulas(shownStep, shownB, beta && shownBeta));
    [["x", 1, ""], ["y", b, `·${shownB}`]].forEach(([letter, curvature, factor], i) => {
      const size = radius(curvature, step, beta);
      const turning = (1 + beta - step * curvature) ** 2 < 4 * beta;
      const text = beta === 0 ? `|1 − ${shownStep}${factor}|` : turning ? `√${shownBeta}` : "larger root";
      const [name, how, value] = cells[i];
      name.replaceChildren(...math(`*${letter}*`));
      how.textContent = text;
      value.textContent = number(size, 3);
    });
    const slowest = Math.sqrt(theory);
    cells[2][0].replaceChildren(h("span", { class: "nnb-swatch nnb-dashed" }), ...math("*f*, theory"));
    cells[2][1].replaceChildren(...math(`${number(slowest, 3)}²`));
    cells[2][2].textContent = number(theory, 3);
    cells[3][0].replaceChildren(h("span", { class: "nnb-swatch" }), ...math("*f*, measured"));
    cells[3][1].textContent = measured === null ? "too few points" : "second half";
    cells[3][2].textContent = measured === null ? "–" : number(measured, 3);
    verdict.textContent = tell();
    map.describe(`Contours of f with the path of ${now.points.length - 1} steps. ${verdict.textContent}`);
    curve.describe(`f after each step, in powers of ten, with theory's straight line. ${verdict.textContent}`);
  }

  // ---- controls
  const at = (trait) => ({ trait, change: (value) => { play.stop(); f.set({ [trait]: value }); } });
  const sliders = h("div", { class: "nnb-sliders" },
    slider(f, { ...at("step"), label: "step size", symbol: "*s*", min: 0.02, max: 4, step: 0.02, role: "gradient" }),
    slider(f, { ...at("momentum"), label: "momentum", symbol: "*β*", min: 0, max: 0.98, step: 0.02, role: "weights" }),
    slider(f, { ...at("b"), label: "curvature", symbol: "*b*", values: CURVATURES, role: "data" }),
    slider(f, { ...at("steps"), label: "steps", min: 1, max: 200, step: 1, digits: 0 }));
  const play = animation(f, {
    pause: () => Math.min(150, 4000 / now.steps),
    step() {
      shown += 1;
      const going = shown < now.points.length - 1;
      if (!going) shown = Infinity;
      redraw();
      return going;
    },
    changed() {
      if (!play.running) shown = Infinity;
      player.textContent = play.running ? "Stop" : "Play";
      redraw();
    },
  });
  const player = button(f, "Play", () => {
    if (play.running) return play.stop();
    shown = 0;
    play.start();
  });
  const best = button(f, "Best s", () => {
    play.stop();
    f.set({ step: bestStep(f.get("b")), momentum: 0 });
  });
  const heavy = button(f, "Best s, β", () => {
    play.stop();
    const [step, momentum] = bestMomentum(f.get("b"));
    f.set({ step, momentum });
  });
  const reset = button(f, "Reset", () => {
    play.stop();
    reach = 1.25;
    f.reset();
  });

  function redraw() {
    map.draw();
    curve.draw();
  }
  function draw() {
    now = run();
    fit();
    drawNumbers();
    redraw();
    const { theory, measured } = now;
    f.announce(`${verdict.textContent} Ratio per step: theory ${number(theory, 3)}, measured ${measured === null ? "none" : number(measured, 3)}.`);
  }
  f.root.append(h("div", { class: "nnb-grid" }, h("div", { class: "nnb-map" }, map.element), sliders,
    h("div", { class: "nnb-buttons" }, player, best, heavy, reset),
    h("div", { class: "nnb-formulas" }, steady(formula, formulas("0.00", "0.00", "0.00"))),
    h("div", { class: "nnb-curve" }, curve.element),
    h("div", { class: "nnb-rates" }, table, steady(verdict, ["It runs away: after 200 steps f is 8.88 × 10¹⁸⁸, and the point is 8.88 × 10¹⁸⁸ picture heights away."]))));
  f.watch(["b", "step", "momentum", "steps", "start"], draw);
  fit();
  drawNumbers();
  return f.cleanup;
}

export default { render };
