// Backpropagation on a small graph: values step forward, slopes step backward.
import { GRAPHS, LEAVES, NUDGE, backwardOrder, contributions, forwardOrder, nudged, slopes, values } from "./math.js";
import { h, math, number, s, steady, terms, unique } from "../kit/dom.js";
import { frame } from "../kit/frame.js";
import { button, choice, slider } from "../kit/controls.js";

const FORMULAS = {
  neuron: "*C* = (*σ*(*w*·*x* + *b*) − *y*)²",
  relu: "*C* = (max(0, *w*·*x* + *b*) − *y*)²",
  chain: "*C* = (*σ*(*v*·*σ*(*w*·*x*)) − *y*)²",
  twice: "*f* = (*x* + 1)·(*x* + 2)",
};
const WORDS = { w: "weight", v: "weight", b: "bias", x: "input", y: "target" };
const NARROW = 84; // the least width of a node, in pixels; its width where there is room, and its height
const BOX = [104, 54];
const GAP = [9, 16]; // the least distance between two nodes
const signed = (text) => (text[0] === "−" ? `(${text})` : text);

/** An operation on names or numbers as text: written("product", ["w", "x"]) is "w·x". */
function written(operation, [first, second]) {
  if (operation === "product") return `${first}·${second}`;
  if (operation === "sum") return `${first} + ${second}`;
  if (operation === "difference") return `${first} − ${second}`;
  if (operation === "square") return `${first}²`;
  return operation === "relu" ? `max(0, ${first})` : `*σ*(${first})`;
}

/** The slope of an operation to its argument `which`, as text. */
function writtenFactor(operation, args, result, which) {
  if (operation === "product") return args[1 - which];
  if (operation === "square") return `2·${args[0]}`;
  if (operation === "sigmoid") return `${result}·(1 − ${result})`;
  return operation === "difference" && which ? "(−1)" : null;
}

function render({ model, el }) {
  const f = frame({ model, el, name: "stepper", label: "Explorer: backpropagation, step by step" });

  /** Everything that follows from the traits. */
  function run() {
    const graph = f.get("graph");
    const nodes = GRAPHS[graph];
    const leaves = nodes.filter((node) => node[1] === "leaf").map(([name]) => name);
    const at = Object.fromEntries(leaves.map((name) => [name, f.get(name)]));
    const forward = forwardOrder(graph);
    const backward = backwardOrder(graph);
    const total = forward.length + backward.length;
    const step = Math.min(f.get("step"), total);
    const found = values(graph, at);
    return {
      graph, nodes, leaves, at, forward, backward, total, step, found,
      slope: slopes(graph, at),
      result: nodes[nodes.length - 1][0],
      known: new Set([...leaves, ...forward.slice(0, step)]),
      sloped: new Set(backward.slice(0, Math.max(0, step - forward.length))),
      node: Object.fromEntries(nodes.map((node) => [node[0], node])),
    };
  }
  let now = run();
  const role = (name) => (now.node[name][1] !== "leaf" ? "output" : name === "x" || name === "y" ? "data" : "weights");
  const letters = (args) => args.map((a) => (typeof a === "number" ? String(a) : `*${a}*`));
  const exact = (name) => number(now.found[name], now.node[name][1] === "leaf" ? 2 : 3);
  const precise = (value) => number(value, Math.abs(value) < 0.001 ? 2 : 5);
  const shown = (a) => (typeof a === "number" ? String(a) : `{${role(a)}|${exact(a)}}`);
  const inBrackets = (a) => (typeof a === "number" || now.found[a] >= 0 ? shown(a) : `(${shown(a)})`);

  // ---- the picture
  const picture = s("svg", { class: "nnb-graph", "aria-hidden": "true" });
  const about = h("p", { class: "nnb-voice", id: unique("about") });
  const stage = h("div", {
    class: "nnb-figure nnb-stage", tabindex: 0, role: "slider", "aria-label": "Step", "aria-describedby": about.id,
  }, picture);
  let width = 0;
  f.onResize(stage, (next) => {
    width = Math.floor(next);
    drawPicture();
  });

  /** A line of text in the picture; *x* is a variable. */
  function label(text, attributes) {
    const parts = text.split(/(\*[^*]+\*)/).filter(Boolean).map((part) =>
      part[0] === "*" ? s("tspan", { class: "nnb-letter" }, part.slice(1, -1)) : s("tspan", {}, part));
    return s("text", attributes, ...parts);
  }

  function drawPicture() {
    if (!width) return;
    const lanes = Math.max(...now.nodes.map((node) => node[3][0]));
    const levels = Math.max(...now.nodes.map((node) => node[3][1]));
    // from left to right where there is room, else from top to bottom
    const flat = levels * (NARROW + GAP[0]) + NARROW + 4 <= width;
    const room = flat ? Math.floor((width - 4 - levels * GAP[0]) / (levels + 1)) : BOX[0];
    const size = [Math.min(BOX[0], room), BOX[1]];
    const slim = size[0] < BOX[0];
    const squeeze = (text) => (slim ? text.replace(" × ", "×") : text);
    const [across, down] = flat ? [levels, lanes] : [lanes, levels];
    const pitch = [Math.min((width - size[0] - 4) / Math.max(across, 1), 150), size[1] + GAP[1]];
    const left = (width - across * pitch[0]) / 2;
    const place = ([lane, level]) => {
      const [right, below] = flat ? [level, lane] : [lane, level];
      return [left + right * pitch[0], 2 + size[1] / 2 + below * pitch[1]];
    };
    const along = flat ? 0 : 1;
    const tall = down * pitch[1] + size[1] + 4;
    for (const [name, value] of [["width", width], ["height", tall], ["viewBox", `0 0 ${width} ${tall}`]])
      picture.setAttribute(name, value);

    const target = present();
    const edges = [];
    const boxes = [];
    for (const [name, operation, args, where] of now.nodes) {
      const [x, y] = place(where);
      for (const argument of args) {
        if (typeof argument === "number") continue;
        const [x0, y0] = place(now.node[argument][3]);
        const back = now.sloped.has(argument);
        const active = back ? argument === target : !now.sloped.size && name === target;
        const kind = back ? "nnb-back" : now.known.has(name) ? "nnb-forth" : "";
        const from = [x0, y0];
        const to = [x, y];
        from[along] += size[along] / 2;
        to[along] -= size[along] / 2;
        // shift both ends toward each other, so that two arrows do not end in one point
        const most = flat ? 14 : 30;
        const lean = Math.max(-most, Math.min(most, (to[1 - along] - from[1 - along]) / 3));
        from[1 - along] += lean;
        to[1 - along] -= lean;
        edges.push(s("path", { class: `nnb-edge ${kind}${active ? " nnb-active" : ""}`, d: `M${from}L${to}` }));
        const [tip, tail] = back ? [from, to] : [to, from];
        const angle = (Math.atan2(tip[1] - tail[1], tip[0] - tail[0]) * 180) / Math.PI;
        edges.push(s("path", { class: `nnb-arrow ${kind}`, d: "M0 0L-8 -4L-8 4Z", transform: `translate(${tip}) rotate(${angle})` }));
      }
      const known = now.known.has(name);
      const state = `${known ? ` nnb-is-${role(name)}` : ""}${name === target ? " nnb-active" : ""}${now.sloped.has(name) && name === target ? " nnb-is-gradient" : ""}`;
      const text = operation === "leaf" ? `*${name}*` : `*${name}* = ${written(operation, letters(args))}`;
      const box = s("g", { class: `nnb-node${state}`, "data-node": name },
        s("rect", { x: x - size[0] / 2, y: y - size[1] / 2, width: size[0], height: size[1], rx: 8 }),
        label(text, { x, y: y - 11, class: operation === "relu" ? "nnb-what nnb-long" : "nnb-what" }));
      if (known) box.append(s("text", { x, y: y + 6, class: `nnb-val nnb-${role(name)}` }, squeeze(exact(name))));
      if (now.sloped.has(name)) {
        const value = number(now.slope[name], 3);
        box.append(s("text", { x, y: y + 22, class: "nnb-slope" }, slim ? `${value.length > 7 ? "" : "← "}${squeeze(value)}` : value.length > 8 ? value : `slope ${value}`));
      }
      boxes.push(box);
    }
    picture.classList.toggle("nnb-slim", slim);
    picture.replaceChildren(...edges, ...boxes);
  }

  /** The node that the last step reached, or null before the first. */
  function present() {
    if (!now.step) return null;
    return now.step <= now.forward.length ? now.forward[now.step - 1] : now.backward[now.step - now.forward.length - 1];
  }

  // ---- the formula of the present step
  const heading = h("p", { class: "nnb-heading" });
  const formula = h("p", { class: "nnb-formula" });
  const remark = h("p", { class: "nnb-note" });

  function writeFormula() {
    const name = present();
    const { step, forward, total } = now;
    remark.textContent = "";
    if (name === null) {
      heading.textContent = "Before the first step";
      formula.replaceChildren(...math(FORMULAS[now.graph]));
      remark.textContent = `The inputs are given. ${forward.length} steps forward, then ${total - forward.length} backward.`;
      return;
    }
    if (step <= forward.length) {
      const [, operation, args] = now.node[name];
      heading.textContent = `Forward, step ${step} of ${forward.length}`;
      const second = operation === "square" || operation === "sigmoid" ? inBrackets : (a, i) => (i ? inBrackets(a) : shown(a));
      formula.replaceChildren(...terms(`*${name}* = ${written(operation, letters(args))}`,
        `= ${written(operation, args.map(second))}`, `= {output|${exact(name)}}`));
      if (operation === "relu" && now.found[args[0]] <= 0) remark.replaceChildren(...math(`*${args[0]}* is not above 0, so the output is 0 and stays 0 when *${args[0]}* moves a little.`));
      if (step === forward.length) remark.replaceChildren(...math(`The result *${name}* is known. Now backward: how fast does it move when each node moves?`));
      return;
    }
    heading.textContent = `Backward, step ${step - forward.length} of ${total - forward.length}`;
    const parts = contributions(now.graph, now.found, name);
    const value = `= {gradient|${number(now.slope[name], 3)}}`;
    if (!parts.length) {
      formula.replaceChildren(...terms(`slope of *${name}*`, value));
      remark.replaceChildren(...math(`*${name}* moves exactly as much as itself.`));
      return;
    }
    const words = [];
    const numbers = [];
    for (const [user, factor, which] of parts) {
      const [, operation, args] = now.node[user];
      words.push(`slope of *${user}* × ${writtenFactor(operation, letters(args), `*${user}*`, which) || number(factor, 0)}`);
      numbers.push(`{gradient|${number(now.slope[user], 3)}} × ${writtenNumbers(operation, args, user, which, factor)}`);
    }
    formula.replaceChildren(...terms(`slope of *${name}*`, ...words.map((text, i) => `${i ? "+" : "="} ${text}`),
      ...numbers.map((text, i) => `${i ? "+" : "="} ${text}`), value));
    if (parts.length > 1) remark.replaceChildren(...math(`*${name}* reaches *${now.result}* along ${parts.length} paths: their slopes add.`));
    else remark.replaceChildren(...math(why(parts[0], name)));
  }
  function writtenNumbers(operation, args, user, which, factor) {
    if (operation === "product") return inBrackets(args[1 - which]);
    if (operation === "square") return `2·${inBrackets(args[0])}`;
    if (operation === "sigmoid") return `${shown(user)}·(1 − ${shown(user)})`;
    return signed(number(factor, 0));
  }
  function why([user, factor, which], name) {
    const [, operation, args] = now.node[user];
    if (operation === "product") return `A product: the slope is multiplied by the other factor, *${args[1 - which]}*.`;
    if (operation === "sum") return `A sum passes the slope on unchanged.`;
    if (operation === "difference") return which ? `Minus turns the sign of the slope.` : `A difference passes the slope on to its first part.`;
    if (operation === "square") return `The slope of a square is twice its base.`;
    if (operation === "sigmoid") return `*σ* has the slope *${user}*·(1 − *${user}*) = ${number(factor, 3)}, which is never above 0.25.`;
    return factor ? `Above 0 this unit passes the slope on unchanged.` : `*${name}* is not above 0: the unit is dead, and so is every slope before it.`;
  }

  // ---- guess before a product
  const ask = h("p", {});
  const answers = [0, 1, 2].map((i) => button(f, "", () => f.set({ guess: guessNames[i] })));
  const verdict = h("p", { class: "nnb-verdict" });
  const tiny = "−8.88 × 10⁻¹²"; // as wide as numbers come by the sliders
  const question = (name, first, second, a, b) => math(`Guess: *${name}* = *${first}*·*${second}* with *${first}* = ${a} and *${second}* = ${b}. Which factor gets the larger slope, whatever its sign?`);
  const answer = (right, first, second, a, b, reason) => math(`${right ? "✓ Right" : "✗ Not so"}: *${first}* has the slope {gradient|${a}}, *${second}* {gradient|${b}}. ${reason}.`);
  const CROSSED = "Each factor gets the other one’s value, so the smaller factor gets the larger slope";
  const guessing = h("div", { class: "nnb-guess" }, steady(ask, question("q", "v", "h", "−0.00", "8.88 × 10⁻⁴")),
    h("div", { class: "nnb-buttons" }, ...answers), steady(verdict, answer(false, "v", "h", tiny, tiny, CROSSED)));
  let guessNames = ["", "", ""];

  function drawGuess() {
    // the product whose own slope is known while a factor's is not, or the one guessed last
    const products = now.nodes.filter(([, operation]) => operation === "product");
    const waiting = products.find(([name, , args]) => now.step >= now.forward.length && !args.every((a) => now.sloped.has(a)) && (now.sloped.has(name) || products.length === 1));
    const guess = f.get("guess");
    const guessed = products.find(([name, , args]) => guess && [name, ...args].includes(guess) && now.sloped.has(args[0]) && now.sloped.has(args[1]));
    const product = waiting || guessed;
    guessing.style.visibility = product ? "" : "hidden"; // it keeps its room
    if (!product) return "";
    const [name, , [first, second]] = product;
    guessNames = [first, second, name];
    ask.replaceChildren(...question(name, first, second, exact(first), exact(second)));
    answers.forEach((element, i) => {
      element.replaceChildren(...math(i < 2 ? `*${guessNames[i]}*` : "both the same"));
      element.setAttribute("aria-pressed", String(guess === guessNames[i]));
      element.disabled = !waiting;
    });
    verdict.textContent = "";
    if (waiting || !guessed) return "";
    const [a, b] = [first, second].map((factor) => Math.abs(now.slope[factor]));
    const same = a === b;
    const winner = same ? name : a > b ? first : second;
    const reason = now.slope[name] === 0 ? "Nothing arrives at the product, so both are 0"
      : same ? "The factors are equally large" : CROSSED;
    verdict.replaceChildren(...answer(guess === winner, first, second, number(now.slope[first], 3), number(now.slope[second], 3), reason));
    return verdict.textContent;
  }

  // ---- check by nudging
  const pick = choice(f, { trait: "nudge", label: "Leaf to nudge", options: LEAVES });
  const picks = [...pick.children];
  const checked = h("p", { class: "nnb-formula" });

  function drawNudge() {
    const name = now.leaves.includes(f.get("nudge")) ? f.get("nudge") : now.leaves[0];
    LEAVES.forEach((leafName, i) => { picks[i].style.display = now.leaves.includes(leafName) ? "" : "none"; });
    for (const input of pick.querySelectorAll("input")) input.checked = input.value === name;
    if (!now.known.has(now.result)) {
      checked.replaceChildren(...math(`*${now.result}* is not known yet.`));
      return;
    }
    const rise = nudged(now.graph, now.at, name);
    const slope = now.sloped.has(name) ? `{gradient|${precise(now.slope[name])}}` : "not reached yet";
    checked.replaceChildren(...check(now.result, name, precise(rise), slope));
  }
  function check(result, name, rise, slope) {
    return terms(`[*${result}*(*${name}* + ${NUDGE})`, `− *${result}*(*${name}* − ${NUDGE})] ⁄ ${2 * NUDGE}`,
      `= {output|${rise}};`, `slope of *${name}*: ${slope}`);
  }

  // ---- controls
  const go = (step) => {
    const next = Math.max(0, Math.min(now.total, step));
    const change = { step: next };
    // a new guess for each pass: none is left over when the slopes are taken back
    if (next <= now.forward.length) change.guess = "";
    f.set(change);
  };
  const forth = button(f, "Step forward", () => go(now.step + 1));
  const backward = button(f, "Step backward", () => go(now.step + 1));
  const undo = button(f, "Undo", () => go(now.step - 1));
  const all = button(f, "All", () => go(now.total));
  const reset = button(f, "Reset", f.reset);
  f.on(stage, "keydown", (event) => {
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(now.step + moves[event.key]);
  });
  const move = (name) => (value) => f.set({ [name]: value, guess: "" });
  const rows = LEAVES.map((name) => slider(f, {
    trait: name, label: WORDS[name], name: `${WORDS[name]} ${name}`, symbol: `*${name}*`, min: -3, max: 3, step: 0.1,
    role: name === "x" || name === "y" ? "data" : "weights", change: move(name),
  }));
  const graphs = choice(f, {
    trait: "graph", label: "Graph", options: Object.keys(GRAPHS), change: (value) => f.set({ graph: value, step: 0, guess: "" }),
  });
  const whole = h("p", { class: "nnb-formula" });
  const legend = h("p", { class: "nnb-note nnb-legend" });

  function draw() {
    now = run();
    drawPicture();
    writeFormula();
    const told = drawGuess();
    drawNudge();
    legend.replaceChildren(...math(`In each node stands its value; below it, once known, {gradient|the slope of} *${now.result}* with respect to it.`));
    whole.replaceChildren(...math(FORMULAS[now.graph]));
    LEAVES.forEach((name, i) => { rows[i].style.display = now.leaves.includes(name) ? "" : "none"; });
    const focused = document.activeElement;
    forth.disabled = now.step >= now.forward.length;
    backward.disabled = now.step < now.forward.length || now.step >= now.total;
    undo.disabled = now.step === 0;
    all.disabled = now.step >= now.total;
    // a button that switches itself off must not take the keyboard's place in the page along
    if (focused && focused.disabled && f.root.contains(focused)) (backward.disabled ? (forth.disabled ? undo : forth) : backward).focus();
    const spoken = [...formula.childNodes].map((part) => part.textContent).join(" ");
    const sentence = `${heading.textContent}: ${spoken}. ${told}`.trim();
    const say = (name) => `${name} ${exact(name)}${now.sloped.has(name) ? `, slope ${number(now.slope[name], 3)}` : ""}`;
    about.textContent = `Reached so far: ${now.nodes.map(([name]) => name).filter((name) => now.known.has(name)).map(say).join("; ")}.`;
    for (const [name, value] of [["now", now.step], ["min", 0], ["max", now.total], ["text", sentence]])
      stage.setAttribute(`aria-value${name}`, value);
    f.announce(sentence);
  }

  const longest = (parts, note) => [h("p", { class: "nnb-formula-room" }, ...terms(...parts)), h("p", { class: "nnb-note-room" }, ...math(note))];
  f.root.append(h("div", { class: "nnb-grid" },
    h("div", { class: "nnb-choose" }, graphs, whole), h("div", { class: "nnb-picture" }, stage, about, legend),
    h("div", { class: "nnb-buttons" }, forth, backward, undo, all, reset),
    h("div", { class: "nnb-sliders" }, ...rows),
    h("div", { class: "nnb-now" }, heading, steady(h("div", {}, formula, remark),
      longest(["slope of *p*", "= slope of *h* × *h*·(1 − *h*)", "= {gradient|−0.888} × {output|0.888}·(1 − {output|0.888})", `= {gradient|${tiny}}`],
        "*σ* has the slope *h*·(1 − *h*) = 8.88 × 10⁻⁴, which is never above 0.25."),
      longest(["slope of *x*", "= slope of *u* × 1", "+ slope of *v* × 1", "= {gradient|−0.888} × 1", "+ {gradient|−0.888} × 1", "= {gradient|−0.888}"],
        "*x* reaches *f* along 2 paths: their slopes add."),
      longest(["*C* = *e*² = (−0.888)² = 0.888"], "The result *C* is known. Now backward: how fast does it move when each node moves?"))),
    guessing,
    h("div", { class: "nnb-check" }, h("div", { class: "nnb-buttons" }, h("span", { class: "nnb-heading" }, "Check by nudging"), pick),
      steady(checked, check("C", "w", tiny, "not reached yet")))));
  f.watch(["graph", ...LEAVES, "step", "guess", "nudge"], draw);
  draw();
  return f.cleanup;
}

export default { render };
