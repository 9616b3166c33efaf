// The perceptron with two inputs and its learning rule. The same arithmetic as model.py.

export const INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]];
export const GATES = {
  AND: [0, 0, 0, 1],
  OR: [0, 1, 1, 1],
  NAND: [1, 1, 1, 0],
  NOR: [1, 0, 0, 0],
  XOR: [0, 1, 1, 0],
};

export function weightedSum([w1, w2, b], [x1, x2]) {
  return w1 * x1 + w2 * x2 + b;
}

export function step(z) {
  return z >= 0 ? 1 : 0;
}

export function outputs(weights) {
  return INPUTS.map((x) => step(weightedSum(weights, x)));
}

/** States of the perceptron learning rule, the start first; see train in model.py. */
export function train(gate, start, rate, steps) {
  let counts = [0, 0, 0];
  const states = [{ weights: start, counts, row: null, output: null, error: null }];
  for (let k = 0; k < steps && !learned(states); k += 1) {
    const row = k % 4;
    const x = INPUTS[row];
    const output = step(weightedSum(states[k].weights, x));
    const error = GATES[gate][row] - output;
    counts = [counts[0] + error * x[0], counts[1] + error * x[1], counts[2] + error];
    const weights = start.map((w, i) => w + rate * counts[i]);
    states.push({ weights, counts, row, output, error });
  }
  return states;
}

export function learned(states) {
  return states.length > 4 && states.slice(-4).every((state) => state.error === 0);
}

/** [first, again]: the steps at which the same weights met the same row; null if none. */
export function cycle(states) {
  if (learned(states)) return null;
  const seen = new Map();
  for (let k = 0; k < states.length; k += 1) {
    const key = [...states[k].counts, k % 4].join();
    if (seen.has(key)) return [seen.get(key), k];
    seen.set(key, k);
  }
  return null;
}

/**
 * The part of the box [x0, y0, x1, y1] where w·x + b >= 0, as a polygon, and the piece of the line
 * w·x + b = 0 inside the box ([p, q], or null when the line misses the box).
 */
export function halfPlane(weights, [x0, y0, x1, y1]) {
  const corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
  const polygon = [];
  const crossings = [];
  corners.forEach((p, i) => {
    const q = corners[(i + 1) % 4];
    const [zp, zq] = [weightedSum(weights, p), weightedSum(weights, q)];
    if (zp >= 0) polygon.push(p);
    if (zp >= 0 !== zq >= 0) {
      const t = zp / (zp - zq);
      const cut = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
      polygon.push(cut);
      crossings.push(cut);
    }
  });
  return { polygon, line: crossings.length === 2 ? crossings : null };
}
