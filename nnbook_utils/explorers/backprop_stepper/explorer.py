"""The explorer `BackpropStepper`."""

import traitlets

from nnbook_utils.explorers.kit import Choice, Explorer, Number, Whole

from . import model

FORMULAS = {
    "neuron": "C = (σ(w·x + b) − y)²",
    "relu": "C = (max(0, w·x + b) − y)²",
    "chain": "C = (σ(v·σ(w·x)) − y)²",
    "twice": "f = (x + 1)·(x + 2)",
}


class BackpropStepper(Explorer):
    """A small computation graph: values step forward, slopes (gradients) step backward.

    graph: "neuron", "relu", "chain" or "twice", see model.GRAPHS; w, x, v, b, y: the leaves, of
    which each graph has some; step: how many steps were taken, the forward ones first, 0 for none;
    guess: the factor that the reader expects to get the larger slope (the product's own name for
    "the same"), "" for none; nudge: the leaf that is checked by nudging. Chapter:
    03_backpropagation.
    """

    settings = ("graph", "w", "x", "v", "b", "y", "step", "guess", "nudge")
    graph = Choice("neuron", model.GRAPHS)
    w = Number(0.6)
    x = Number(1.5)
    v = Number(0.8)
    b = Number(0.2)
    y = Number(1)
    step = Whole(0, 0, 100)
    guess = Choice("", ("", *model.NAMES))
    nudge = Choice("w", model.LEAVES)

    question = traitlets.Unicode(
        "Step forward until the result is known. Before you step backward through a product, "
        "guess: which of its two factors gets the larger slope?"
    ).tag(sync=True)

    @property
    def leaves(self):
        """The values of this graph's leaves by name."""
        nodes = model.GRAPHS[self.graph]
        return {name: getattr(self, name) for name, operation, *_ in nodes if operation == "leaf"}

    @property
    def values(self):
        """The values of all nodes by name, reached or not."""
        return model.values(self.graph, self.leaves)

    @property
    def slopes(self):
        """The slope of the result with respect to each node by name, reached or not."""
        return model.slopes(self.graph, self.leaves)

    @property
    def steps(self):
        """How many steps this graph takes, forward and backward together."""
        return len(model.forward_order(self.graph)) + len(model.backward_order(self.graph))

    def description(self):
        result = model.GRAPHS[self.graph][-1][0]
        leaves = ", ".join(f"{name} = {value:g}" for name, value in self.leaves.items())
        found = self.slopes
        slopes = ", ".join(f"{name} {found[name]:.3g}" for name in self.leaves)
        return (
            f"Explorer: the graph of {FORMULAS[self.graph]} with {leaves}. Forward steps give "
            f"{result} = {self.values[result]:.3g}; backward steps give the slopes {slopes}."
        )

    def still(self):
        from .still import draw

        return draw(self)
