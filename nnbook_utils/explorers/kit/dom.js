// Small helpers every explorer uses: elements, numbers as text, formulas with live numbers.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** An HTML element: h("p", { class: "note" }, "text", child). */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element, with the same arguments as h. */
export function s(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * A place for element that keeps the room of the longest contents it may have, so that nothing
 * below it moves when its text changes. longest: lists of nodes.
 */
export function steady(element, ...longest) {
  const rooms = longest.map((nodes) => {
    const room = h(element.tagName, { class: "nnb-room", "aria-hidden": "true" }, ...nodes);
    // styled like the element, and yet not taken for it
    for (const name of element.classList) room.classList.add(`${name}-room`);
    return room;
  });
  return h("div", { class: "nnb-steady" }, element, ...rooms);
}

/** An id or group name that no other explorer on the page has. */
export function unique(name) {
  return `nnb-${name}-${Math.random().toString(36).slice(2)}`;
}

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** 10 to an integer power, as text: power(-3) is "10⁻³". */
export function power(exponent) {
  return "10" + [...String(exponent)].map((c) => SUPERSCRIPT[c]).join("");
}

/** A number as text with a true minus sign; very large and very small ones as 1.23 × 10⁵. */
export function number(value, digits = 2) {
  if (value === 0) value = 0; // no "−0.00"
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 0.5 * 10 ** -digits)) {
    const [mantissa, exponent] = value.toExponential(2).split("e");
    return `${mantissa} × ${power(Number(exponent))}`.replace("-", "−");
  }
  return value.toFixed(digits).replace("-", "−");
}

/** Like number, but as a term of a sum: "+ 0.50" or "− 0.50". */
export function term(value, digits = 2) {
  return (value < 0 ? "− " : "+ ") + number(Math.abs(value), digits);
}

/**
 * Nodes for one line of mathematics, from a small markup:
 * *x* is a variable, _1_ a subscript, ^2^ a superscript, {weights|0.5} a number in its colour.
 */
export function math(text) {
  return text.split(/(\*[^*]+\*|_[^_]+_|\^[^^]+\^|\{\w+\|[^}]*\})/).filter(Boolean).map((part) => {
    if (part[0] === "*") return h("i", {}, part.slice(1, -1));
    if (part[0] === "_") return h("sub", {}, part.slice(1, -1));
    if (part[0] === "^") return h("sup", {}, part.slice(1, -1));
    if (part[0] !== "{") return part;
    const [role, value] = part.slice(1, -1).split("|");
    return h("b", { class: `nnb-${role}` }, value);
  });
}

/** Terms of a formula as nodes that a narrow page may break between, but not within. */
export function terms(...texts) {
  return texts.map((text) => h("span", { class: "nnb-term" }, ...math(text)));
}
