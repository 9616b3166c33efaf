"""Gradient descent and heavy-ball momentum on Strang's quadratic: what math.js does, in Python.

f(x, y) = (x^2 + b y^2) / 2 has the Hessian diag(1, b) and the condition number 1/b for 0 < b <= 1.
Chapter: 02_gradient_descent. Source: Strang, Linear Algebra and Learning from Data, 2019, VI.4;
heavy ball: Polyak, 1964.
"""

import math


def loss(x, y, b):
    """Return f = (x^2 + b y^2) / 2."""
    return 0.5 * (x * x + b * y * y)


def descend(start, b, s, beta, steps):
    """Return the points [(x, y), ...] of gradient descent with momentum, the start first.

    x_{k+1} = x_k - s x_k + beta (x_k - x_{k-1}), and y with gradient b y; the first step has no
    momentum. The same as torch.optim.SGD(lr=s, momentum=beta). When a number leaves the range of
    floating point, the list ends before it.
    """
    x, y = start
    old_x, old_y = start
    points = [(x, y)]
    for _ in range(steps):
        new_x = x - s * x + beta * (x - old_x)
        new_y = y - s * (b * y) + beta * (y - old_y)
        if not (math.isfinite(new_x) and math.isfinite(new_y)):
            break
        old_x, old_y, x, y = x, y, new_x, new_y
        points.append((x, y))
    return points


def radius(curvature, s, beta):
    """Return the factor by which a direction of this curvature shrinks or grows per step.

    The spectral radius of [[1 + beta - s*curvature, -beta], [1, 0]], which takes (x_k, x_{k-1})
    to (x_{k+1}, x_k); without momentum |1 - s*curvature|.
    """
    trace = 1 + beta - s * curvature
    inside = trace * trace - 4 * beta
    if inside < 0:
        return math.sqrt(beta)
    return (abs(trace) + math.sqrt(inside)) / 2


def rate(b, s, beta):
    """Return theory's ratio f_{k+1} / f_k once the slower direction rules: its radius squared."""
    return max(radius(1, s, beta), radius(b, s, beta)) ** 2


def best_step(b):
    """Return the step 2/(1 + b) at which both directions shrink equally, (1-b)/(1+b)."""
    return 2 / (1 + b)


def best_momentum(b):
    """Return the (s, beta) with the smallest radius of all, (1-sqrt b)/(1+sqrt b)."""
    root = math.sqrt(b)
    return (2 / (1 + root)) ** 2, ((1 - root) / (1 + root)) ** 2


def measured_rate(losses):
    """Return the ratio f_{k+1} / f_k over the second half of a run, or None when there is none.

    The slope of a straight line through (k, ln f_k), so that oscillation averages out. Points
    where f is 0 or outside the range of floating point cannot be used.
    """
    tail = [
        (k, math.log(f))
        for k, f in enumerate(losses)
        if 2 * k >= len(losses) - 1 and 1e-300 < f < math.inf
    ]
    if len(tail) < 2:
        return None
    mean_k = sum(k for k, _ in tail) / len(tail)
    mean_f = sum(f for _, f in tail) / len(tail)
    above = sum((k - mean_k) * (f - mean_f) for k, f in tail)
    below = sum((k - mean_k) ** 2 for k, _ in tail)
    return math.exp(above / below)
