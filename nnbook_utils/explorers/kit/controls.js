// Controls: sliders, choices, buttons. Real form elements, so keyboard and screen readers work.
import { h, math, number, unique } from "./dom.js";

/**
 * A slider bound to one trait.
 * label: words for the eye; symbol: the letter in the formula (markup of math); name: what a screen
 * reader says, where label alone would be ambiguous (it begins with label);
 * min, max, step, or values (an increasing list of allowed stops); digits shown; role: its colour.
 * change(value): what a move sets; by default the trait itself.
 */
export function slider(frame, options) {
  const { trait, label, symbol, min, max, step, values, digits = 2, role = "ink" } = options;
  const change = options.change || ((value) => frame.set({ [trait]: value }));
  const input = h("input", {
    type: "range",
    min: values ? 0 : min,
    max: values ? values.length - 1 : max,
    step: values ? 1 : step,
    "aria-label": options.name || label,
    "data-trait": trait,
  });
  const shown = h("span", { class: `nnb-value nnb-${role}`, "aria-hidden": "true" });
  const name = h("span", { class: "nnb-name" }, h("span", { class: "nnb-word" }, `${label} `), ...math(symbol || ""));
  const row = h("label", { class: "nnb-slider" }, name, shown, input);
  row.style.setProperty("--role", `var(--nnb-${role})`);

  const place = () => {
    const value = frame.get(trait);
    const onGrid = values || Math.abs(value / step - Math.round(value / step)) < 1e-9;
    let position = value;
    if (values) {
      // a value from Python may lie between two stops: show the nearest
      const distance = values.map((stop) => Math.abs(stop - value));
      position = distance.indexOf(Math.min(...distance));
    }
    input.step = onGrid ? (values ? 1 : step) : "any";
    if (Number(input.value) !== position) input.value = position;
    const share = (input.value - input.min) / (input.max - input.min);
    row.style.setProperty("--fill", `${100 * share}%`);
    shown.textContent = number(value, digits);
    input.setAttribute("aria-valuetext", number(value, digits));
  };
  frame.on(input, "input", () => {
    if (values) return change(values[Number(input.value)]);
    // fixed digits: 3 steps of 0.1 are 0.3, not 0.30000000000000004
    change(Number((Math.round(Number(input.value) / step) * step).toFixed(10)));
  });
  frame.watch([trait], place);
  place();
  return row;
}

/** One choice out of a few, as a row of radio buttons bound to a trait. */
export function choice(frame, { trait, label, options, change }) {
  const group = unique(trait);
  const choose = change || ((value) => frame.set({ [trait]: value }));
  const row = h("div", { class: "nnb-choice", role: "radiogroup", "aria-label": label });
  const inputs = options.map((value) => {
    const input = h("input", { type: "radio", name: group, value });
    frame.on(input, "change", () => choose(value));
    row.append(h("label", {}, input, h("span", {}, value)));
    return input;
  });
  const place = () => {
    for (const input of inputs) input.checked = input.value === frame.get(trait);
  };
  frame.watch([trait], place);
  place();
  return row;
}

/** A button. The returned element's text may be changed. */
export function button(frame, text, press) {
  const element = h("button", { type: "button", class: "nnb-button" }, text);
  frame.on(element, "click", press);
  return element;
}
