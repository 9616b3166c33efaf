"""The computation graph behind a Tensor, as plain lists that a chapter can draw."""

from dataclasses import dataclass

from .tensor import Tensor


@dataclass(frozen=True)
class Node:
    """One tensor of the graph.

    number: its place in the order of computation; name: the one given to `trace`, or None;
    operation: what computed it, or None for an input; tensor: with its `data`, and its `grad`
    after a backward pass.
    """

    number: int
    name: str | None
    operation: str | None
    tensor: Tensor


@dataclass(frozen=True)
class Graph:
    """nodes, in the order of computation, and edges (from number, to number)."""

    nodes: list
    edges: list

    def retain_grad(self):
        """Ask every node to keep its gradient, so that it can be shown after backward()."""
        for node in self.nodes:
            node.tensor.retain_grad()


def trace(output, **names):
    """The graph that led to `output`; call it before backward(), which frees the graph.

    names: tensors that should be called by a name, trace(loss, w=w, b=b).
    Constants are nodes too. Chapter: 03_backpropagation.
    """
    if not isinstance(output, Tensor):
        raise TypeError(f"output must be a Tensor, but it is a {type(output).__name__}")
    called = {id(tensor): name for name, tensor in names.items()}
    order, numbers = [], {}
    stack = [(output, False)]
    while stack:  # as in tensor.topological_order, but with the constants
        tensor, parents_are_done = stack.pop()
        if id(tensor) in numbers:
            continue
        if parents_are_done:
            numbers[id(tensor)] = len(order)
            order.append(tensor)
        else:
            stack.append((tensor, True))
            stack.extend((parent, False) for parent in reversed(tensor.parents))
    nodes = [Node(i, called.get(id(t)), t.operation, t) for i, t in enumerate(order)]
    edges = [(numbers[id(p)], i) for i, t in enumerate(order) for p in t.parents]
    return Graph(nodes, edges)
