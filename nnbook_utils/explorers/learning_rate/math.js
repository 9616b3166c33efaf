// Gradient descent and heavy-ball momentum on f = (x² + b y²) / 2. The same arithmetic as model.py.

export function loss(x, y, b) {
  return 0.5 * (x * x + b * y * y);
}

/** Points [x, y], the start first; it ends before a number that floating point cannot hold. */
export function descend(start, b, s, beta, steps) {
  let [x, y] = start;
  let [oldX, oldY] = start;
  const points = [[x, y]];
  for (let k = 0; k < steps; k += 1) {
    const newX = x - s * x + beta * (x - oldX);
    const newY = y - s * (b * y) + beta * (y - oldY);
    if (!Number.isFinite(newX) || !Number.isFinite(newY)) break;
    [oldX, oldY, x, y] = [x, y, newX, newY];
    points.push([x, y]);
  }
  return points;
}

/** Spectral radius of [[1 + beta - s curvature, -beta], [1, 0]]. */
export function radius(curvature, s, beta) {
  const trace = 1 + beta - s * curvature;
  const inside = trace * trace - 4 * beta;
  return inside < 0 ? Math.sqrt(beta) : (Math.abs(trace) + Math.sqrt(inside)) / 2;
}

export function rate(b, s, beta) {
  return Math.max(radius(1, s, beta), radius(b, s, beta)) ** 2;
}

export function bestStep(b) {
  return 2 / (1 + b);
}

export function bestMomentum(b) {
  const root = Math.sqrt(b);
  return [(2 / (1 + root)) ** 2, ((1 - root) / (1 + root)) ** 2];
}

/** Ratio of successive losses over the second half, from the slope of ln f; null if none. */
export function measuredRate(losses) {
  const tail = [];
  losses.forEach((f, k) => {
    if (2 * k >= losses.length - 1 && f > 1e-300 && f < Infinity) tail.push([k, Math.log(f)]);
  });
  if (tail.length < 2) return null;
  const mean = (i) => tail.reduce((sum, point) => sum + point[i], 0) / tail.length;
  const [meanK, meanF] = [mean(0), mean(1)];
  const above = tail.reduce((sum, [k, f]) => sum + (k - meanK) * (f - meanF), 0);
  const below = tail.reduce((sum, [k]) => sum + (k - meanK) ** 2, 0);
  return Math.exp(above / below);
}
