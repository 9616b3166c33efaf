// A perceptron with two inputs: its line in the plane, its truth table, its learning rule.
import { GATES, INPUTS, cycle, halfPlane, learned, outputs, train, weightedSum } from "./math.js";
import { h, math, number, s, steady, term, terms } from "../kit/dom.js";
import { animation, frame } from "../kit/frame.js";
import { button, choice, slider } from "../kit/controls.js";
import { clip, dots, handle, line, plot } from "../kit/plot.js";

const ARROW = 0.4; // length of the arrow for a weight of 1, in units of the plane
const fine = (value) => Math.round(value * 64) / 64; // what a hand can set; exact in binary

function render({ model, el }) {
  const f = frame({ model, el, name: "perceptron", label: "Explorer: a perceptron and its gates" });
  const weights = () => [f.get("w1"), f.get("w2"), f.get("b")];

  /** The run of training that led to the weights shown; a new one if they were moved by hand. */
  function training() {
    const states = train(f.get("gate"), f.get("start"), f.get("rate"), f.get("steps"));
    const reached = states[states.length - 1].weights;
    if (reached.every((w, i) => w === weights()[i])) return { start: f.get("start"), states };
    return { start: weights(), states: train(f.get("gate"), weights(), f.get("rate"), 0) };
  }
  let now = training();
  function byHand(w1, w2, b) {
    run.stop();
    f.set({ w1, w2, b, start: [w1, w2, b], steps: 0 });
  }

  // ---- the plane
  let anchor = [0.5, 0.5];
  const plane = plot(f, {
    label: "The plane of the two inputs",
    interactive: true,
    height: (width) => Math.min(1.12 * width, 420),
    margin: [26, 8, 34, 30],
    x: { label: "x_1", ticks: [0, 1] },
    y: { label: "x_2", ticks: [0, 1] },
    axes(width, height) {
      const half = (1.25 * width) / height; // equal units on both axes
      return { x: [0.5 - half, 0.5 + half], y: [-0.75, 1.75] };
    },
    draw: drawPlane,
  });
  const rule = s("line", { class: "nnb-line" });
  const wide = s("line", { stroke: "transparent", "stroke-width": 26 });
  const lineGrip = s("g", {}, wide, rule,
    s("circle", { class: "nnb-touch", r: 14 }), s("circle", { class: "nnb-grip", r: 6 }));
  const shaft = s("line", { class: "nnb-arrow" });
  const head = s("path", { class: "nnb-tip", d: "M11 0L-5 -6.5L-5 6.5Z" });
  const nowhere = s("circle", { class: "nnb-nowhere", r: 4 }); // w = 0 has no direction to show
  const letter = s("text", { class: "nnb-w" });
  const tipGrip = s("g", {}, s("circle", { class: "nnb-touch", r: 16 }), head, nowhere);
  plane.handles.append(shaft, lineGrip, tipGrip, letter);

  let held = 0; // where on the line, measured along w, the hand took hold
  const lineHandle = handle(f, plane, {
    node: lineGrip,
    label: "Line: move it, changing the bias b",
    drag(x, y, start) {
      const [w1, w2, b] = weights();
      if (start) held = weightedSum([w1, w2, b], [x, y]);
      else byHand(w1, w2, fine(held - w1 * x - w2 * y));
    },
    key(dx, dy, big) {
      const [w1, w2, b] = weights();
      byHand(w1, w2, b + (dx + dy) * (big ? 1 : 0.25));
    },
    describe: () => ({ now: f.get("b"), min: -4, max: 4, text: `b ${number(f.get("b"))}` }),
  });
  let pivot = anchor;
  let off = [0, 0]; // from the hand to the arrow's tip
  const turn = (w1, w2, at) => {
    const [a, c] = [w1, w2].map((w) => fine(Math.max(-2, Math.min(2, w))));
    byHand(a, c, fine(-(a * at[0] + c * at[1])));
  };
  const tipHandle = handle(f, plane, {
    node: tipGrip,
    label: "Arrow w: turn it, changing the weights",
    drag(x, y, start) {
      if (start) {
        pivot = anchor;
        off = [pivot[0] + ARROW * f.get("w1") - x, pivot[1] + ARROW * f.get("w2") - y];
        return;
      }
      turn((x + off[0] - pivot[0]) / ARROW, (y + off[1] - pivot[1]) / ARROW, pivot);
    },
    key(dx, dy, big) {
      const size = big ? 1 : 0.25;
      turn(f.get("w1") + dx * size, f.get("w2") + dy * size, anchor);
    },
    describe: () => ({
      now: f.get("w1"), min: -2, max: 2,
      text: `w1 ${number(f.get("w1"))}, w2 ${number(f.get("w2"))}${flat() ? ", no direction" : ""}`,
    }),
  });

  const flat = () => f.get("w1") === 0 && f.get("w2") === 0;

  function drawPlane(layer, view, front) {
    const w = weights();
    const pixel = (p) => [view.X(p[0]), view.Y(p[1])];
    const [left, top, right, bottom] = view.box;
    const { polygon, line: piece } = halfPlane(w, view.domain);
    if (polygon.length) layer.append(s("path", { class: "nnb-half", d: `${line(polygon.map(pixel))}Z` }));

    const { states } = now;
    const before = states.slice(0, -1).filter((state, k) => states[k + 1].error).slice(-6);
    before.forEach((state, k) => {
      const ghost = halfPlane(state.weights, view.domain).line;
      const opacity = 0.15 + (0.45 * (k + 1)) / before.length;
      if (ghost) layer.append(s("path", { class: "nnb-ghost", opacity, d: line(ghost.map(pixel)) }));
    });

    if (piece) anchor = [(piece[0][0] + piece[1][0]) / 2, (piece[0][1] + piece[1][1]) / 2];
    else if (flat()) anchor = [0.5, 0.5];
    const at = pixel(anchor);
    const turned = Math.atan2(-w[1], w[0]);
    const size = Math.min(ARROW * Math.hypot(w[0], w[1]) * (view.X(1) - view.X(0)), 1e4);
    const end = [at[0] + size * Math.cos(turned), at[1] + size * Math.sin(turned)];
    // an arrow too long for the plane ends at its edge, dashed
    const inner = [left + 14, top + 14, right - 14, bottom - 14];
    const tip = clip(at, end, inner)?.[1] || at.map((value, i) => Math.max(inner[i], Math.min(inner[i + 2], value)));
    const whole = Math.hypot(tip[0] - end[0], tip[1] - end[1]) < 1;

    // name each side in the corner that lies deepest in it and has room for the words
    const [x0, y0, x1, y1] = view.domain;
    const corners = [[x0, y0], [x1, y0], [x0, y1], [x1, y1]].map((corner, i) => {
      const [px, py] = pixel(corner);
      const from = [i % 2 ? px - 72 : px + 8, i > 1 ? py + 6 : py - 28];
      const box = [...from, from[0] + 64, from[1] + 20];
      return { i, px, py, box, depth: weightedSum(w, corner) };
    });
    const free = ({ box }) => ![piece && piece.map(pixel), [at, tip]].some((part) => part && clip(...part, box));
    for (const side of [1, 0]) {
      const here = corners.filter(({ depth }) => depth >= 0 === Boolean(side)).sort((p, q) => Math.abs(q.depth) - Math.abs(p.depth));
      const place = here.find(free);
      if (!place) continue;
      const { i, px, py } = place;
      layer.append(s("text", {
        class: side ? "nnb-side nnb-one" : "nnb-side", x: px + (i % 2 ? -10 : 10), y: py + (i > 1 ? 20 : -12),
        "text-anchor": i % 2 ? "end" : "start",
      }, `output ${side}`));
    }

    const answers = outputs(w);
    const targets = GATES[f.get("gate")];
    INPUTS.forEach((x, i) => {
      const [px, py] = pixel(x);
      const one = targets[i] ? " nnb-one" : "";
      front.append(s("circle", { class: `nnb-point${one}`, cx: px, cy: py, r: 12 }));
      front.append(s("text", { class: `nnb-digit${one}`, x: px, y: py + 5 }, targets[i]));
      if (answers[i] !== targets[i]) {
        front.append(s("circle", { class: "nnb-wrong-ring", cx: px, cy: py, r: 18 }));
        front.append(s("text", { class: "nnb-cross", x: px + 20, y: py - 12 }, "✗"));
      }
    });

    const shown = (part, yes) => { part.style.display = yes ? "" : "none"; };
    for (const part of [lineGrip, shaft, head]) shown(part, piece);
    for (const part of [tipGrip, letter]) shown(part, piece || flat());
    shown(nowhere, flat());
    if (piece) {
      const [p, q] = piece.map(pixel);
      for (const part of [rule, wide])
        for (const [key, value] of [["x1", p[0]], ["y1", p[1]], ["x2", q[0]], ["y2", q[1]]]) part.setAttribute(key, value);
      for (const circle of lineGrip.querySelectorAll("circle")) circle.setAttribute("transform", `translate(${at})`);
    }
    for (const [key, value] of [["x1", at[0]], ["y1", at[1]], ["x2", tip[0]], ["y2", tip[1]]]) shaft.setAttribute(key, value);
    tipGrip.setAttribute("transform", `translate(${tip})`);
    head.setAttribute("transform", `rotate(${(turned * 180) / Math.PI})`);
    shaft.classList.toggle("nnb-cut", !whole);
    // the letter stands ahead of the arrow, else beside it, where neither edge nor point is
    const around = [0, 1.4, -1.4, 2.4, -2.4].map((more) => [tip[0] + 20 * Math.cos(turned + more), tip[1] + 20 * Math.sin(turned + more)]);
    const within = around.filter(([x, y]) => x > left + 11 && x < right - 11 && y > top + 11 && y < bottom - 11);
    const clear = ([x, y]) => INPUTS.every((point) => Math.hypot(pixel(point)[0] - x, pixel(point)[1] - y) > 24);
    const spot = flat() ? [at[0], at[1] - 18] : within.find(clear) || within[0] || around[0];
    letter.textContent = flat() ? "w = 0: no direction, no line" : "w";
    letter.setAttribute("x", spot[0]);
    letter.setAttribute("y", spot[1] + 5);
    lineHandle.refresh();
    tipHandle.refresh();
  }

  // ---- formula, table, sliders
  const formula = h("p", { class: "nnb-formula" });
  const written = (first, second, last) => [
    ...terms(`*z* = {weights|${first}}·*x*_1_`, `${second}·*x*_2_`, last),
    h("br"), ...math("{output|output} = 1 when *z* ≥ 0, else 0"),
  ];
  const rows = INPUTS.map(() => Array.from({ length: 6 }, () => h("td")));
  const bodyRows = rows.map((cells) => h("tr", {}, ...cells));
  const caption = h("caption");
  const heading = ["*x*_1_", "*x*_2_", "*z*", "output", "target"].map((text) => h("th", { scope: "col" }, ...math(text)));
  heading.push(h("td", { "aria-hidden": "true" }));
  const table = h("table", { class: "nnb-truth" }, caption,
    h("thead", {}, h("tr", {}, ...heading)), h("tbody", {}, ...bodyRows));
  const set = (trait) => (value) => {
    const { w1, w2, b } = { w1: f.get("w1"), w2: f.get("w2"), b: f.get("b"), [trait]: value };
    byHand(w1, w2, b);
  };
  const sliders = h("div", { class: "nnb-sliders" },
    slider(f, { trait: "w1", label: "w1", name: "weight w1", symbol: "*w*_1_", min: -2, max: 2, step: 0.25, role: "weights", change: set("w1") }),
    slider(f, { trait: "w2", label: "weight", name: "weight w2", symbol: "*w*_2_", min: -2, max: 2, step: 0.25, role: "weights", change: set("w2") }),
    slider(f, { trait: "b", label: "bias", symbol: "*b*", min: -4, max: 4, step: 0.25, role: "weights", change: set("b") }));

  function drawNumbers() {
    const w = weights();
    const coloured = (value) => term(value).replace(/(\S+)$/, "{weights|$1}");
    formula.replaceChildren(...written(number(w[0]), coloured(w[1]), coloured(w[2])));
    const answers = outputs(w);
    const targets = GATES[f.get("gate")];
    const last = now.states[now.states.length - 1];
    rows.forEach((cells, i) => {
      const right = answers[i] === targets[i];
      const texts = [...INPUTS[i], number(weightedSum(w, INPUTS[i])), answers[i], targets[i]];
      texts.forEach((text, k) => { cells[k].textContent = text; });
      cells[3].className = "nnb-answer nnb-output";
      cells[5].replaceChildren(h("span", { class: right ? "" : "nnb-gradient", role: "img", "aria-label": right ? "right" : "wrong" }, right ? "✓" : "✗"));
      bodyRows[i].classList.toggle("nnb-now", last.row === i);
    });
    const right = answers.filter((answer, i) => answer === targets[i]).length;
    caption.textContent = right === 4 ? `All four right: this is ${f.get("gate")}` : `${right} of 4 right`;
    plane.describe(`The plane of the two inputs${flat() ? "; w is 0, so there is no line" : " with the perceptron's line"}; ${f.get("gate")}: ${right} of 4 points on the right side`);
    return `${f.get("gate")}: ${right} of 4 right.`;
  }

  // ---- learning
  const story = h("p", { class: "nnb-story" });
  const history = s("svg", { class: "nnb-history", role: "img", height: 96 });
  const historyBox = h("div", { class: "nnb-figure" }, history);
  let columns = 20;
  f.onResize(historyBox, (width) => {
    columns = Math.max(4, Math.floor((width - 40) / 18));
    history.setAttribute("width", Math.max(0, Math.floor(width)));
    drawLearning();
  });
  const over = ({ states }) => learned(states) || cycle(states);
  function advance() {
    const { start, states: before } = training();
    if (learned(before)) return false;
    const states = train(f.get("gate"), start, f.get("rate"), before.length);
    const [w1, w2, b] = states[states.length - 1].weights;
    f.set({ w1, w2, b, start, steps: states.length - 1 });
    return !over({ states });
  }
  const run = animation(f, { pause: () => 320, step: advance, changed: () => labelRun() });
  const one = button(f, "One step", () => { run.stop(); advance(); });
  const all = button(f, "Run", () => (run.running ? run.stop() : run.start()));
  const labelRun = () => { all.textContent = run.running ? "Pause" : "Run"; };
  const back = button(f, "Rewind", () => {
    run.stop();
    byHand(...training().start);
  });
  const reset = button(f, "Reset", () => { run.stop(); f.reset(); });

  function tell({ states }) {
    const k = states.length - 1;
    const last = states[k];
    if (k === 0) return `The perceptron rule looks at one row after the other. It adds ${number(f.get("rate"))} × (target − output) × input to each weight, and the same with input 1 to the bias.`;
    if (learned(states)) return `Learned after ${k - 4} steps: four rows in a row needed no change, so nothing will ever change again.`;
    const seen = cycle(states);
    if (seen) {
      const [first, again] = seen;
      return `This weight vector was here before: after ${first} steps, and again after ${again}. The same rows follow, so it will cycle for ever, every ${again - first} steps.`;
    }
    const x = INPUTS[last.row].join(", ");
    const what = last.error === 0 ? "right, no change" : last.error > 0 ? "too low, so weights of active inputs and bias go up" : "too high, so weights of active inputs and bias go down";
    return `Step ${k}: row (${x}), output ${last.output}, target ${last.output + last.error}: ${what}.`;
  }
  function drawLearning() {
    const { states } = now;
    const k = states.length - 1;
    story.textContent = tell(now);
    one.disabled = all.disabled = learned(states);
    back.disabled = k === 0;
    const sweeps = Math.max(1, Math.ceil(k / 4));
    const first = Math.max(0, sweeps - columns);
    const parts = INPUTS.map((x, i) => s("text", { x: 0, y: 12 + 18 * i }, x.join(" ")));
    const ahead = [];
    for (let column = 0; column < columns; column += 1)
      for (let i = 0; i < 4; i += 1) {
        const state = states[4 * (first + column) + i + 1];
        const [px, py] = [30 + 18 * column, 18 * i + 0.75];
        if (!state) {
          ahead.push([px + 7, py + 7]);
          continue;
        }
        parts.push(s("rect", { x: px, y: py, width: 14, height: 14, rx: 3, class: state.error ? "nnb-fixed" : "" }));
        if (state.error) parts.push(s("text", { class: "nnb-sign", x: px + 7, y: py + 11.5 }, state.error > 0 ? "+" : "−"));
      }
    parts.push(s("path", { class: "nnb-ahead", d: dots(ahead) }));
    const seen = cycle(states);
    if (seen) {
      const [from, to] = seen.map((step) => 30 + 18 * (step / 4 - first) - 2);
      if (from >= 28) parts.push(s("path", { d: `M${from} 74v6H${to}v-6` }), s("text", { x: from, y: 94 }, "repeats"));
    }
    history.replaceChildren(...parts);
    const fixed = states.filter((state) => state.error).length;
    history.setAttribute("aria-label", `Training so far: ${k} steps, ${fixed} corrections`);
  }

  function draw() {
    now = training();
    plane.draw();
    const result = drawNumbers();
    drawLearning();
    f.announce(now.states.length > 1 ? `${result} ${story.textContent}` : result);
  }
  const gate = h("div", { class: "nnb-gate" }, choice(f, {
    trait: "gate", label: "Gate", options: Object.keys(GATES),
    change(value) {
      run.stop();
      f.set({ gate: value, start: weights(), steps: 0 });
    },
  }));
  f.root.append(h("div", { class: "nnb-grid" }, gate, h("div", { class: "nnb-plane" }, plane.element),
    h("div", { class: "nnb-formulas" }, steady(formula, written("−0.00", "− {weights|0.00}", "− {weights|0.00}"))), sliders, table,
    h("div", { class: "nnb-learn" }, h("p", { class: "nnb-heading" }, "Let it learn"), h("div", { class: "nnb-buttons" }, one, all, back, reset),
      steady(story, [tell({ states: now.states.slice(0, 1) })], ["This weight vector was here before: after 888 steps, and again after 888. The same rows follow, so it will cycle for ever, every 88 steps."]), historyBox)));
  f.watch(["w1", "w2", "b", "gate", "rate", "start", "steps"], draw);
  drawNumbers();
  drawLearning();
  return f.cleanup;
}

export default { render };
