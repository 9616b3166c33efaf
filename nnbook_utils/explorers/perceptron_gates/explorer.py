"""The explorer `PerceptronGates`."""

import traitlets

from nnbook_utils.explorers.kit import Choice, Explorer, Number, Vector, Whole

from . import model


class PerceptronGates(Explorer):
    """The plane of two inputs, cut by a perceptron's line, beside its truth table.

    gate: "AND", "OR", "NAND", "NOR" or "XOR"; w1, w2, b: the weights and the bias now;
    rate: how much one correction of the learning rule adds. start [w1, w2, b], steps: where
    training begins (at the weights, when not given) and how many steps it has taken; steps above 0
    set the weights. All can be read after the reader has moved them. Chapter: 01_neurons.
    """

    settings = ("gate", "w1", "w2", "b", "rate", "start", "steps")
    gate = Choice("AND", model.GATES)
    w1 = Number(1)
    w2 = Number(1)
    b = Number(-0.5)
    rate = Number(0.5, 0, above=True)
    start = Vector([1, 1, -0.5], 3)
    steps = Whole(0, 0, 10_000)

    question = traitlets.Unicode(
        "First guess: which gates can one straight line build? Then drag the line, or its "
        "arrow, until all four rows are right."
    ).tag(sync=True)

    def __init__(self, **settings):
        if "start" not in settings:
            settings["start"] = [
                settings.get(name, getattr(type(self), name).default_value)
                for name in ("w1", "w2", "b")
            ]
        super().__init__(**settings)
        self.w1, self.w2, self.b = self.states[-1].weights
        self._remember()

    @property
    def states(self):
        """The states of training from start, the first to the last: see model.train."""
        return model.train(self.gate, self.start, self.rate, self.steps)

    @property
    def outputs(self):
        """The perceptron's answers to the inputs (0,0), (0,1), (1,0), (1,1)."""
        return model.outputs(self.w1, self.w2, self.b)

    @property
    def targets(self):
        """What the gate asks for, in the same order."""
        return model.GATES[self.gate]

    def description(self):
        right = sum(o == t for o, t in zip(self.outputs, self.targets, strict=True))
        line = "Its line divides the plane of the two inputs"
        if self.w1 == self.w2 == 0:
            line = f"It has no line yet and answers {self.outputs[0]} everywhere"
        return (
            f"Explorer: a perceptron with weights {self.w1:g} and {self.w2:g} and bias {self.b:g}. "
            f"{line}; it gets {right} of the 4 rows of {self.gate} right."
        )

    def still(self):
        from .still import draw

        return draw(self)
