// A deep random network: activations forward, gradients backward, layer by layer.
import { ACTIVATIONS, draws, meanFactor, simulate, theory } from "./math.js";
import { h, math, number, s, steady, terms } from "../kit/dom.js";
import { frame } from "../kit/frame.js";
import { button, choice, slider } from "../kit/controls.js";
import { clip, dots, handle, line, plot } from "../kit/plot.js";

const DEEPEST = 50;
const GAINS = [...Array.from({ length: 40 }, (_, k) => (k + 1) / 10), Math.SQRT2].sort((a, b) => a - b);
const FLOAT32 = [[38.53, "float32 overflow"], [-37.93, "float32 underflow"]]; // powers of ten
const NETWORK = ["activation", "depth", "gain", "normalisation", "residual", "width", "seed"];

function render({ model, el }) {
  const f = frame({ model, el, name: "vanishing", label: "Explorer: vanishing and exploding gradients" });

  let drawn = { key: "", depth: 0 };
  /** Everything that follows from the traits. The random draws are kept: deeper layers only add some. */
  function run() {
    const [activation, depth, gain, normalisation, residual, width, seed] = NETWORK.map(f.get);
    const key = `${seed} ${width}`;
    if (drawn.key !== key || drawn.depth < depth) {
      const enough = drawn.depth && drawn.depth < depth ? DEEPEST : Math.max(depth, drawn.depth);
      drawn = { key, depth: enough, random: draws(seed, width, enough) };
    }
    const { random } = drawn;
    const square = random.data.reduce((sum, value) => sum + value * value, 0) / random.data.length;
    const measured = simulate(activation, depth, gain, normalisation, residual, width, seed, random);
    const expected = theory(activation, depth, gain, normalisation, residual, square);
    // theory's gradient starts from the measured one at the last layer
    const gradient = new Array(depth + 1);
    gradient[depth] = measured.gradient[depth];
    for (let k = depth - 1; k >= 0; k -= 1) gradient[k] = gradient[k + 1] * Math.sqrt(expected.factors[k]);
    return { activation, depth, gain, normalisation, residual, measured, expected: { ...expected, gradient } };
  }
  let now = run();
  const layer = () => Math.min(f.get("layer"), now.depth);
  const role = { deviation: "output", gradient: "gradient" };

  const layers = {
    label: "k (layer)",
    get ticks() {
      const step = [1, 2, 5, 10].find((gap) => now.depth / gap <= 6);
      return Array.from({ length: Math.floor(now.depth / step) + 1 }, (_, i) => i * step);
    },
  };

  // ---- sizes by layer, in powers of ten
  const sizes = plot(f, {
    label: "",
    interactive: true,
    height: (width) => Math.max(230, Math.min(0.5 * width, 320)),
    margin: [28, 10, 36, 48],
    x: layers,
    y: { label: "s (size)" },
    axes() {
      const { measured, expected } = now;
      const logs = [measured.deviation, measured.gradient, expected.deviation, expected.gradient].flat()
        .filter((value) => value > 0 && value < Infinity).map(Math.log10);
      return { x: [-0.5, now.depth + 0.5], y: [Math.floor(Math.min(...logs, -2) - 0.05), Math.ceil(Math.max(...logs, 1) + 0.05)], log: true };
    },
    draw: drawSizes,
  });
  const grip = s("g", {}, s("line", { class: "nnb-wide" }), s("line", { class: "nnb-ruler" }),
    s("circle", { class: "nnb-touch", r: 15 }), s("circle", { class: "nnb-grip", r: 6 }));
  sizes.handles.append(grip);
  const pick = (value) => f.set({ layer: Math.max(1, Math.min(now.depth, Math.round(value))) });
  const ruler = handle(f, sizes, {
    node: grip,
    label: "Layer to read",
    drag: (x) => pick(x),
    key: (dx, dy, big) => pick(layer() + (dx + dy) * (big ? 5 : 1)),
    describe: () => ({ now: layer(), min: 1, max: now.depth, text: `layer ${layer()}` }),
  });

  function drawSizes(under, view) {
    const pixel = ([k, value]) => [view.X(k), view.Y(value)];
    const [left, top, right, bottom] = view.box;
    const curves = ["gradient", "deviation"].map((name) => now.measured[name].map((value, k) => [k, Math.log10(value)])
      .filter((p) => Number.isFinite(p[1])).map(pixel));
    const upright = [[view.X(layer()), top], [view.X(layer()), bottom]];
    const crossed = (box) => [...curves, upright].reduce((sum, points) => sum + points.slice(1).filter((p, k) => clip(points[k], p, box)).length, 0);
    for (const [exponent, text] of FLOAT32) {
      if (exponent <= view.domain[1] || exponent >= view.domain[3]) continue;
      const y = view.Y(exponent);
      // the words stand where the fewest lines run through them
      const places = Array.from({ length: 25 }, (_, k) => right - 110 - (k / 24) * (right - left - 115))
        .flatMap((x) => [y - 6, y + 15].map((base) => [x, base]))
        .filter(([, base]) => base > top + 14 && base < bottom - 4);
      const hits = places.map(([x, base]) => crossed([x - 1, base - 12, x + 106, base + 4]));
      const [x, base] = places[hits.indexOf(Math.min(...hits))];
      under.append(s("line", { class: "nnb-edge", x1: left, x2: right, y1: y, y2: y }), s("text", { x, y: base, class: "nnb-limit" }, text));
    }
    for (const name of ["gradient", "deviation"]) {
      const logs = (numbers) => numbers.map((value, k) => [k, Math.log10(value)]);
      const wanted = logs(now.expected[name]).filter((p) => Number.isFinite(p[1]));
      under.append(s("path", { class: "nnb-theory", d: line(wanted.map(pixel)) }));
      const points = logs(now.measured[name]).filter((p) => Number.isFinite(p[1])).map(pixel);
      under.append(s("path", { class: `nnb-curve nnb-is-${role[name]}`, d: line(points) }));
      const marks = name === "gradient" ? points.map(([x, y]) => `M${(x - 3).toFixed(2)} ${(y - 3).toFixed(2)}h6v6h-6z`).join("") : dots(points);
      under.append(s("path", { class: `nnb-marks nnb-of-${name}`, d: marks }));
    }
    const x = view.X(layer());
    for (const rule of grip.querySelectorAll("line"))
      for (const [key, value] of [["x1", x], ["x2", x], ["y1", top], ["y2", bottom]]) rule.setAttribute(key, value);
    for (const circle of grip.querySelectorAll("circle")) circle.setAttribute("transform", `translate(${x} ${top + 9})`);
    ruler.refresh();
  }

  // ---- idle units by layer
  const caption = h("p", { class: "nnb-note" });
  const idle = plot(f, {
    label: "",
    height: () => 112,
    margin: [20, 10, 36, 48],
    x: layers,
    y: { label: "p (share)", ticks: [0, 0.5, 1] },
    axes: () => ({ x: [-0.5, now.depth + 0.5], y: [0, 1] }),
    draw(under, view) {
      const wide = Math.max(2, 0.6 * (view.X(1) - view.X(0)));
      const bars = now.measured.idle.map((share, k) => {
        const y = view.Y(share).toFixed(2);
        return `M${(view.X(k + 1) - wide / 2).toFixed(2)} ${view.Y(0)}V${y}h${wide.toFixed(2)}V${view.Y(0)}z`;
      });
      under.append(s("path", { class: "nnb-bar", d: bars.join("") }), s("path", { class: "nnb-bar nnb-read", d: bars[layer() - 1] }));
    },
  });

  // ---- numbers
  const formula = h("p", { class: "nnb-formula" });
  const cells = ["deviation", "gradient"].map(() => [h("td"), h("td")]);
  const table = h("table", { class: "nnb-sizes" }, h("caption", {}, "Factor per layer"),
    h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, "theory"), h("th", { scope: "col" }, "measured"))),
    h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "activations, forward"), ...cells[0]),
      h("tr", {}, h("th", { scope: "row" }, "gradient, back"), ...cells[1])));
  const swatch = (kind) => h("span", { class: `nnb-swatch nnb-of-${kind}` });
  const legend = h("p", { class: "nnb-note nnb-legend" }, h("span", {}, swatch("deviation"), "activations (standard deviation)"),
    h("span", {}, swatch("gradient"), "gradient (root mean square)"), h("span", {}, swatch("theory"), "theory"));
  const reading = h("p", { class: "nnb-formula nnb-reading" });
  const verdict = h("p", { class: "nnb-verdict" });
  const fine = (value) => number(value, Math.abs(value) < 0.001 ? 2 : Math.abs(value) < 0.1 ? 5 : 3);
  const shown = (value) => (value === null || Number.isNaN(value) ? "–" : fine(value));

  function formulas(residual, normed, gain, squared, [slope, variance, factor]) {
    const plus = residual ? "1 + " : "";
    return [
      h("span", {}, ...terms(`*h*_k_ = ${residual ? "*h*_k−1_ + " : ""}*f*(${normed ? "normalised " : ""}*z*_k_),`, `*z*_k_ = {weights|${gain}} · *h*_k−1_ *W*_k_ ⁄ √*n*`)),
      h("span", {}, ...terms(`gradient² per layer, theory:`, `${plus}gain² · E[(*f*\u2009′)²]${normed ? " ⁄ Var *z*" : ""}`,
        `= ${plus}${squared} · ${slope}${normed ? ` ⁄ ${variance}` : ""}`, `= {gradient|${factor}}`)),
    ];
  }
  function read(k, [deviation, gradient, back], factor, root) {
    return terms(`Layer ${k}:`, `activations {output|${deviation}},`, `gradient {gradient|${gradient}};`,
      `this layer multiplies`, `the gradient by {gradient|${back}}`, `(theory: √${factor}`, `= ${root}).`);
  }

  /** Factors per layer, averaged over all layers: [theory, measured]. */
  function row(name) {
    const { depth, measured, expected } = now;
    const [from, to] = name === "deviation" ? [0, depth] : [depth, 0];
    const factor = (list) => meanFactor(list[to] / list[from], depth);
    if (name === "deviation") return [factor(expected[name]), factor(measured[name])];
    const wanted = Math.exp(expected.factors.reduce((sum, square) => sum + Math.log(square), 0) / (2 * depth));
    return [wanted > 0 && wanted < Infinity ? wanted : null, factor(measured[name])];
  }
  function tell() {
    const { depth, measured, activation } = now;
    const { deviation, gradient } = measured;
    const wrong = deviation.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) return `The activations leave the range of floating point at layer ${wrong}: from there on everything is infinite or not a number.`;
    if (gradient.some((value) => !Number.isFinite(value))) return "The gradient leaves the range of floating point on its way back.";
    const zero = gradient.lastIndexOf(0);
    if (zero >= 0) return `The gradient is exactly 0 at layer ${zero} and before: ${activation === "relu" && measured.idle.includes(1) ? "a layer without a single live unit lets nothing pass" : "it became too small for floating point"}.`;
    const ratio = gradient[0] / gradient[depth];
    const single = Math.min(...gradient) < 1.2e-38 || Math.max(...gradient, ...deviation) > 3.4e38 ? " In float32, the usual precision, numbers would be lost." : "";
    if (ratio < 0.1) return `The gradient vanishes: of its size at the last layer, ${number(ratio, 3)} arrives at layer 0.${single}`;
    if (ratio > 10) return `The gradient explodes: at layer 0 it is ${number(ratio, ratio < 100 ? 1 : 0)} times as large as at the last layer.${single}`;
    return `The gradient arrives: at layer 0 it is ${number(ratio)} times as large as at the last layer.`;
  }
  function drawNumbers() {
    const { activation, gain, normalisation, residual, measured, expected } = now;
    const k = layer();
    const slope = expected.slopes[k - 1];
    const normed = normalisation === "layer";
    const inner = residual ? expected.factors[k - 1] - 1 : expected.factors[k - 1];
    const variance = (gain * gain * slope) / inner;
    const times = number(gain);
    const squared = `${times.includes("×") ? `({weights|${times}})` : `{weights|${times}}`}²`;
    const back = measured.gradient[k - 1] / measured.gradient[k];
    formula.replaceChildren(...formulas(residual, normed, times, squared, [slope, variance, expected.factors[k - 1]].map(fine)));
    ["deviation", "gradient"].forEach((name, i) => {
      row(name).forEach((value, column) => { cells[i][column].textContent = shown(value); });
    });
    const factor = expected.factors[k - 1];
    reading.replaceChildren(...read(k, [measured.deviation[k], measured.gradient[k], back].map(shown), fine(factor), fine(Math.sqrt(factor))));
    const saturates = activation === "tanh" || activation === "sigmoid";
    const share = measured.idle[k - 1];
    const percent = share === 0 || share >= 0.01 ? `${Math.round(100 * share)}\u00a0%` : "under 1\u00a0%";
    caption.textContent = saturates ? `Saturated units (slope below a tenth of its greatest): ${percent} in layer ${k}`
      : activation === "relu" ? `Silent units (0 for all 16 examples): ${percent} in layer ${k}` : "Units of this kind neither saturate nor die.";
    verdict.textContent = tell().replaceAll(" × ", "\u00a0×\u00a0");
    sizes.describe(`Size of activations and gradients in each of ${now.depth} layers, in powers of ten. ${verdict.textContent}`);
    idle.describe(`Share of idle units in each layer. ${caption.textContent}`);
  }

  // ---- controls
  const residual = h("input", { type: "checkbox", "data-trait": "residual" });
  f.on(residual, "change", () => f.set({ residual: residual.checked }));
  const place = () => { residual.checked = f.get("residual"); };
  f.watch(["residual"], place);
  place();
  const sliders = h("div", { class: "nnb-sliders" },
    slider(f, { trait: "gain", label: "gain", values: GAINS, role: "weights" }),
    slider(f, { trait: "depth", label: "depth", min: 1, max: DEEPEST, step: 1, digits: 0 }),
    slider(f, { trait: "width", label: "width", symbol: "*n*", min: 4, max: 32, step: 1, digits: 0 }));
  const group = (text, ...parts) => h("div", { class: "nnb-group" }, h("span", { class: "nnb-note" }, text), ...parts);
  const controls = h("div", { class: "nnb-controls" },
    group("activation", choice(f, { trait: "activation", label: "Activation", options: ACTIVATIONS })),
    group("normalisation", choice(f, { trait: "normalisation", label: "Normalisation", options: ["none", "layer"] })),
    h("label", { class: "nnb-check" }, residual, " residual connections"));
  const again = button(f, "New weights", () => f.set({ seed: (f.get("seed") + 1) % 2 ** 32 }));
  const reset = button(f, "Reset", f.reset);

  function redraw() {
    sizes.draw();
    idle.draw();
    drawNumbers();
  }
  function draw() {
    now = run();
    redraw();
    const [expected, measured] = row("gradient");
    f.announce(`${verdict.textContent} Factor per layer: theory ${shown(expected)}, measured ${shown(measured)}.`);
  }
  const small = "8.88 × 10⁻⁸⁸"; // as wide as numbers come by the sliders
  f.root.append(h("div", { class: "nnb-grid" }, controls, sliders, h("div", { class: "nnb-buttons" }, again, reset),
    h("div", { class: "nnb-picture" }, legend, sizes.element, steady(caption, ["Saturated units (slope below a tenth of its greatest): under 1\u00a0% in layer 50"]), idle.element),
    h("div", { class: "nnb-told" },
      steady(verdict, [`The gradient vanishes: of its size at the last layer, ${small.replaceAll(" ", "\u00a0")} arrives at layer 0. In float32, the usual precision, numbers would be lost.`]),
      table, steady(formula, formulas(true, true, "0.00", "{weights|0.00}²", ["0.00000", "0.00000", "8.88 × 10⁻⁴"])),
      steady(reading, read(50, [small, small, "0.00000"], "8.88 × 10⁻⁴", "0.00000")))));
  f.watch(NETWORK, draw);
  f.watch(["layer"], () => {
    redraw();
    f.announce(reading.textContent);
  });
  drawNumbers();
  return f.cleanup;
}

export default { render };
