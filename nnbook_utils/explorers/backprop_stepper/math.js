// Small computation graphs, stepped forward and backward. The same arithmetic as model.py.

export const NUDGE = 0.001;

const leaf = (name, lane, level) => [name, "leaf", [], [lane, level]];

/** Nodes [name, operation, arguments, [lane, level]] in the order of computing; the last is the result. */
export const GRAPHS = {
  neuron: [
    leaf("w", 0, 0),
    leaf("x", 1, 0),
    ["p", "product", ["w", "x"], [0.5, 1]],
    leaf("b", 1.5, 1),
    ["z", "sum", ["p", "b"], [1, 2]],
    ["a", "sigmoid", ["z"], [1, 3]],
    leaf("y", 0, 3),
    ["e", "difference", ["a", "y"], [0.5, 4]],
    ["C", "square", ["e"], [0.5, 5]],
  ],
  relu: [
    leaf("w", 0, 0),
    leaf("x", 1, 0),
    ["p", "product", ["w", "x"], [0.5, 1]],
    leaf("b", 1.5, 1),
    ["z", "sum", ["p", "b"], [1, 2]],
    ["a", "relu", ["z"], [1, 3]],
    leaf("y", 0, 3),
    ["e", "difference", ["a", "y"], [0.5, 4]],
    ["C", "square", ["e"], [0.5, 5]],
  ],
  chain: [
    leaf("w", 0, 0),
    leaf("x", 1, 0),
    ["p", "product", ["w", "x"], [0.5, 1]],
    ["h", "sigmoid", ["p"], [0.5, 2]],
    leaf("v", 1.5, 2),
    ["q", "product", ["v", "h"], [1, 3]],
    ["a", "sigmoid", ["q"], [1, 4]],
    leaf("y", 0, 4),
    ["e", "difference", ["a", "y"], [0.5, 5]],
    ["C", "square", ["e"], [0.5, 6]],
  ],
  twice: [
    leaf("x", 0.5, 0),
    ["u", "sum", ["x", 1], [0, 1]],
    ["v", "sum", ["x", 2], [1, 1]],
    ["f", "product", ["u", "v"], [0.5, 2]],
  ],
};
export const LEAVES = ["w", "x", "v", "b", "y"];

export function sigmoid(z) {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const power = Math.exp(z);
  return power / (1 + power);
}

function compute(operation, [first, second]) {
  if (operation === "product") return first * second;
  if (operation === "sum") return first + second;
  if (operation === "difference") return first - second;
  if (operation === "square") return first * first;
  if (operation === "sigmoid") return sigmoid(first);
  return first > 0 ? first : 0; // relu
}

/** How fast the result moves per unit of argument `which`. */
function localSlope(operation, numbers, result, which) {
  if (operation === "product") return numbers[1 - which];
  if (operation === "sum") return 1;
  if (operation === "difference") return which ? -1 : 1;
  if (operation === "square") return 2 * numbers[0];
  if (operation === "sigmoid") return result * (1 - result);
  return numbers[0] > 0 ? 1 : 0; // relu
}

const lookUp = (found, argument) => (typeof argument === "number" ? argument : found[argument]);

/** { name: value } of all nodes. */
export function values(graph, leaves) {
  const found = {};
  for (const [name, operation, args] of GRAPHS[graph])
    found[name] = operation === "leaf" ? leaves[name] : compute(operation, args.map((a) => lookUp(found, a)));
  return found;
}

/** [user, factor, which] for each use of the node `name`: its slope is the sum of slope of user × factor. */
export function contributions(graph, found, name) {
  const parts = [];
  for (const [user, operation, args] of GRAPHS[graph]) {
    const numbers = args.map((a) => lookUp(found, a));
    args.forEach((argument, which) => {
      if (argument === name) parts.push([user, localSlope(operation, numbers, found[user], which), which]);
    });
  }
  return parts;
}

export function forwardOrder(graph) {
  return GRAPHS[graph].filter(([, operation]) => operation !== "leaf").map(([name]) => name);
}

export function backwardOrder(graph) {
  return GRAPHS[graph].map(([name]) => name).reverse();
}

/** { name: slope of the result with respect to it }. */
export function slopes(graph, leaves) {
  const found = values(graph, leaves);
  const result = {};
  for (const name of backwardOrder(graph)) {
    const parts = contributions(graph, found, name);
    result[name] = parts.length ? parts.reduce((sum, [user, factor]) => sum + result[user] * factor, 0) : 1;
  }
  return result;
}

/** The slope of one leaf by central difference. */
export function nudged(graph, leaves, name, nudge = NUDGE) {
  const nodes = GRAPHS[graph];
  const result = nodes[nodes.length - 1][0];
  const up = values(graph, { ...leaves, [name]: leaves[name] + nudge })[result];
  const down = values(graph, { ...leaves, [name]: leaves[name] - nudge })[result];
  return (up - down) / (2 * nudge);
}
