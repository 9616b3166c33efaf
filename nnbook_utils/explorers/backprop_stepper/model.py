"""Small computation graphs, stepped forward and backward: what math.js does, in Python.

A graph is a tuple of nodes in the order in which they can be computed; the last is the result.
A node is (name, operation, arguments, place): a leaf has the operation "leaf"; an argument is the
name of an earlier node or a number; place is (lane, level) in the picture. The slope of a node is
the derivative of the result with respect to it.
Chapter: 03_backpropagation. Source: Rumelhart, Hinton, Williams, Nature 323, 1986.
"""

import math

NUDGE = 0.001


def _leaf(name, lane, level):
    return (name, "leaf", (), (lane, level))


GRAPHS = {
    # C = (sigmoid(w x + b) - y)^2
    "neuron": (
        _leaf("w", 0, 0),
        _leaf("x", 1, 0),
        ("p", "product", ("w", "x"), (0.5, 1)),
        _leaf("b", 1.5, 1),
        ("z", "sum", ("p", "b"), (1, 2)),
        ("a", "sigmoid", ("z",), (1, 3)),
        _leaf("y", 0, 3),
        ("e", "difference", ("a", "y"), (0.5, 4)),
        ("C", "square", ("e",), (0.5, 5)),
    ),
    # C = (max(0, w x + b) - y)^2
    "relu": (
        _leaf("w", 0, 0),
        _leaf("x", 1, 0),
        ("p", "product", ("w", "x"), (0.5, 1)),
        _leaf("b", 1.5, 1),
        ("z", "sum", ("p", "b"), (1, 2)),
        ("a", "relu", ("z",), (1, 3)),
        _leaf("y", 0, 3),
        ("e", "difference", ("a", "y"), (0.5, 4)),
        ("C", "square", ("e",), (0.5, 5)),
    ),
    # C = (sigmoid(v sigmoid(w x)) - y)^2
    "chain": (
        _leaf("w", 0, 0),
        _leaf("x", 1, 0),
        ("p", "product", ("w", "x"), (0.5, 1)),
        ("h", "sigmoid", ("p",), (0.5, 2)),
        _leaf("v", 1.5, 2),
        ("q", "product", ("v", "h"), (1, 3)),
        ("a", "sigmoid", ("q",), (1, 4)),
        _leaf("y", 0, 4),
        ("e", "difference", ("a", "y"), (0.5, 5)),
        ("C", "square", ("e",), (0.5, 6)),
    ),
    # f = (x + 1)(x + 2)
    "twice": (
        _leaf("x", 0.5, 0),
        ("u", "sum", ("x", 1), (0, 1)),
        ("v", "sum", ("x", 2), (1, 1)),
        ("f", "product", ("u", "v"), (0.5, 2)),
    ),
}
LEAVES = ("w", "x", "v", "b", "y")
NAMES = tuple(dict.fromkeys(node[0] for graph in GRAPHS.values() for node in graph))


def sigmoid(z):
    """Return 1/(1 + e^-z) without overflow."""
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    power = math.exp(z)
    return power / (1 + power)


def compute(operation, arguments):
    """Return the result of one operation on a list of numbers."""
    first = arguments[0]
    if operation == "product":
        return first * arguments[1]
    if operation == "sum":
        return first + arguments[1]
    if operation == "difference":
        return first - arguments[1]
    if operation == "square":
        return first * first
    if operation == "sigmoid":
        return sigmoid(first)
    return first if first > 0 else 0.0  # relu


def local_slope(operation, arguments, result, which):
    """Return how fast the result moves per unit of argument `which`: its partial derivative."""
    first = arguments[0]
    if operation == "product":
        return arguments[1 - which]
    if operation == "sum":
        return 1.0
    if operation == "difference":
        return -1.0 if which else 1.0
    if operation == "square":
        return 2 * first
    if operation == "sigmoid":
        return result * (1 - result)
    return 1.0 if first > 0 else 0.0  # relu


def values(graph, leaves):
    """Return {name: value} of all nodes; leaves maps the names of the leaves to numbers."""
    found = {}
    for name, operation, arguments, _ in GRAPHS[graph]:
        if operation == "leaf":
            found[name] = leaves[name]
        else:
            found[name] = compute(operation, [found.get(a, a) for a in arguments])
    return found


def contributions(graph, found, name):
    """Return [(user, factor), ...]: the nodes that use `name`, with their slope to it.

    The slope of `name` is the sum of slope of user × factor.
    """
    parts = []
    for user, operation, arguments, _ in GRAPHS[graph]:
        numbers = [found.get(a, a) for a in arguments]
        for which, argument in enumerate(arguments):
            if argument == name:
                parts.append((user, local_slope(operation, numbers, found[user], which)))
    return parts


def slopes(graph, leaves):
    """Return {name: slope of the result with respect to it}, last node first."""
    found = values(graph, leaves)
    result = {}
    for name in backward_order(graph):
        parts = contributions(graph, found, name)
        result[name] = sum(result[user] * factor for user, factor in parts) if parts else 1.0
    return result


def forward_order(graph):
    """Return the names that the forward steps compute, in order."""
    return [name for name, operation, *_ in GRAPHS[graph] if operation != "leaf"]


def backward_order(graph):
    """Return the names that the backward steps compute, in order: from the result to the leaves."""
    return [node[0] for node in GRAPHS[graph]][::-1]


def nudged(graph, leaves, name, nudge=NUDGE):
    """Return the slope of leaf `name` by central difference: no calculus in it."""
    result = GRAPHS[graph][-1][0]
    up = values(graph, {**leaves, name: leaves[name] + nudge})[result]
    down = values(graph, {**leaves, name: leaves[name] - nudge})[result]
    return (up - down) / (2 * nudge)
