// A deep network with random weights, forward and backward. The same arithmetic as model.py.

export const BATCH = 16;
const EPSILON = 1e-5;
const LEAK = 0.01;
export const ACTIVATIONS = ["tanh", "sigmoid", "relu", "leaky_relu", "linear"];

/** A function that gives numbers in [0, 1): the generator mulberry32. */
export function uniforms(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` standard normal numbers, two from each two uniforms (Box–Muller). */
export function normals(seed, count) {
  const next = uniforms(seed);
  const found = new Float64Array(count + (count % 2));
  for (let k = 0; k < count; k += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    found[k] = radius * Math.cos(angle);
    found[k + 1] = radius * Math.sin(angle);
  }
  return found.subarray(0, count);
}

/** Data, upstream gradient and the weights of `depth` layers, one row of a matrix after the other. */
export function draws(seed, width, depth) {
  const head = BATCH * width;
  const found = normals(seed, 2 * head + depth * width * width);
  return { data: found.subarray(0, head), upstream: found.subarray(head, 2 * head), weights: found.subarray(2 * head) };
}

export function activate(activation, u) {
  if (activation === "tanh") return Math.tanh(u);
  if (activation === "sigmoid") return 1 / (1 + Math.exp(-u));
  if (activation === "relu") return Math.max(u, 0);
  if (activation === "leaky_relu") return u > 0 ? u : LEAK * u;
  return u;
}

export function activationSlope(activation, u, a) {
  if (activation === "tanh") return 1 - a * a;
  if (activation === "sigmoid") return a * (1 - a);
  if (activation === "relu") return u > 0 ? 1 : 0;
  if (activation === "leaky_relu") return u > 0 ? 1 : LEAK;
  return 1;
}

const meanOf = (numbers, from = 0, to = numbers.length) => {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += numbers[i];
  return sum / (to - from);
};

/** The largest size among the numbers, to divide by before squaring: else 1e200 would seem infinite. */
function largest(numbers) {
  let size = 0;
  for (let i = 0; i < numbers.length; i += 1) size = Math.max(size, Math.abs(numbers[i]));
  return size > 0 && size < Infinity ? size : 1;
}

function variance(numbers, from = 0, to = numbers.length) {
  const mean = meanOf(numbers, from, to);
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += (numbers[i] - mean) ** 2;
  return sum / (to - from);
}

function deviationOf(numbers) {
  const unit = largest(numbers);
  return unit * Math.sqrt(variance(numbers.map((value) => value / unit)));
}

function rootMeanSquare(numbers) {
  const unit = largest(numbers);
  let sum = 0;
  for (let i = 0; i < numbers.length; i += 1) sum += (numbers[i] / unit) ** 2;
  return unit * Math.sqrt(sum / numbers.length);
}

/** Share of units that (nearly) no gradient passes: saturated, or silent for the whole batch. */
function idleShare(activation, u, slope, width) {
  let count = 0;
  if (activation === "tanh" || activation === "sigmoid") {
    const low = activation === "tanh" ? 0.1 : 0.025;
    for (let i = 0; i < slope.length; i += 1) if (slope[i] < low) count += 1;
    return count / slope.length;
  }
  if (activation !== "relu") return 0;
  for (let j = 0; j < width; j += 1) {
    let silent = true;
    for (let i = j; i < u.length && silent; i += width) silent = u[i] <= 0;
    if (silent) count += 1;
  }
  return count / width;
}

/** deviation, gradient (depth + 1 numbers each) and idle (depth); random: the draws, if at hand. */
export function simulate(activation, depth, gain, normalisation, residual, width, seed, random = draws(seed, width, depth)) {
  const size = BATCH * width;
  const area = width * width;
  const scale = gain / Math.sqrt(width);
  const { data, upstream, weights } = random;
  const kept = [];
  let hidden = data;
  const deviation = [deviationOf(hidden)];
  const idle = [];
  for (let layer = 0; layer < depth; layer += 1) {
    const z = new Float64Array(size);
    const spread = new Float64Array(BATCH).fill(1);
    const slope = new Float64Array(size);
    const next = new Float64Array(size);
    for (let row = 0; row < size; row += width) {
      for (let i = 0; i < width; i += 1) {
        const value = hidden[row + i];
        const at = layer * area + i * width;
        for (let j = 0; j < width; j += 1) z[row + j] += value * weights[at + j];
      }
      for (let j = 0; j < width; j += 1) z[row + j] *= scale;
      if (normalisation === "layer") {
        const mean = meanOf(z, row, row + width);
        const wide = Math.sqrt(variance(z, row, row + width) + EPSILON);
        for (let j = row; j < row + width; j += 1) z[j] = (z[j] - mean) / wide;
        spread[row / width] = wide;
      }
    }
    for (let i = 0; i < size; i += 1) {
      const a = activate(activation, z[i]);
      slope[i] = activationSlope(activation, z[i], a);
      next[i] = residual ? hidden[i] + a : a;
    }
    kept.push({ z, spread, slope });
    idle.push(idleShare(activation, z, slope, width));
    hidden = next;
    deviation.push(deviationOf(hidden));
  }
  let g = upstream;
  const gradient = new Array(depth + 1);
  gradient[depth] = rootMeanSquare(g);
  const back = new Float64Array(size);
  for (let layer = depth - 1; layer >= 0; layer -= 1) {
    const { z, spread, slope } = kept[layer];
    for (let i = 0; i < size; i += 1) back[i] = g[i] * slope[i];
    const earlier = new Float64Array(size);
    for (let row = 0; row < size; row += width) {
      if (normalisation === "layer") {
        const mean = meanOf(back, row, row + width);
        let along = 0;
        for (let j = row; j < row + width; j += 1) along += back[j] * z[j];
        along /= width;
        for (let j = row; j < row + width; j += 1) back[j] = (back[j] - mean - z[j] * along) / spread[row / width];
      }
      for (let i = 0; i < width; i += 1) {
        let sum = 0;
        const at = layer * area + i * width;
        for (let j = 0; j < width; j += 1) sum += back[row + j] * weights[at + j];
        earlier[row + i] = scale * sum + (residual ? g[row + i] : 0);
      }
    }
    g = earlier;
    gradient[layer] = rootMeanSquare(g);
  }
  return { deviation, gradient, idle };
}

const POINTS = Array.from({ length: 401 }, (_, k) => (k - 200) * 0.04);
const SHARES = POINTS.map((t) => Math.exp(-0.5 * t * t));
const WHOLE = SHARES.reduce((sum, share) => sum + share, 0);

/** [E f, E f², E f′²] of f(u) for a normal u with mean 0 and variance q. */
export function moments(activation, q) {
  if (activation === "relu" || activation === "leaky_relu") {
    const leak = activation === "relu" ? 0 : LEAK;
    const half = (1 + leak * leak) / 2;
    return [(1 - leak) * Math.sqrt(q / (2 * Math.PI)), half * q, half];
  }
  if (activation === "linear") return [0, q, 1];
  const found = [0, 0, 0];
  const wide = Math.sqrt(q);
  for (let k = 0; k < POINTS.length; k += 1) {
    const share = SHARES[k] / WHOLE;
    const a = activate(activation, wide * POINTS[k]);
    const slope = activationSlope(activation, wide * POINTS[k], a);
    found[0] += share * a;
    found[1] += share * a * a;
    found[2] += share * slope * slope;
  }
  return found;
}

/** What infinitely wide layers would do: deviation (depth + 1), slopes E f′² and factors (depth). */
export function theory(activation, depth, gain, normalisation, residual, square) {
  let mean = 0;
  const deviation = [Math.sqrt(square)];
  const slopes = [];
  const factors = [];
  for (let layer = 0; layer < depth; layer += 1) {
    const q = gain * gain * square;
    const spread = normalisation === "layer" ? q + EPSILON : 1;
    const [first, second, slope] = moments(activation, q / spread);
    slopes.push(slope);
    factors.push((gain * gain * slope) / spread + (residual ? 1 : 0));
    square = residual ? square + 2 * mean * first + second : second;
    mean = residual ? mean + first : first;
    deviation.push(Math.sqrt(Math.max(0, square - mean * mean)));
  }
  return { deviation, slopes, factors };
}

/** The factor per layer whose depth-th power is ratio; null for 0 and beyond numbers. */
export function meanFactor(ratio, depth) {
  return ratio > 0 && ratio < Infinity ? ratio ** (1 / depth) : null;
}
