"""The explorer `LearningRate`."""

import traitlets

from nnbook_utils.explorers.kit import Explorer, Number, Vector, Whole

from . import model


class LearningRate(Explorer):
    """Gradient descent on Strang's bowl f = (x^2 + b y^2) / 2: path, losses, theory's rate.

    step: the learning rate s; momentum: heavy-ball beta; b: the smaller curvature, so that the
    condition number is 1/b; steps: how many; start: where the path begins, [x, y]. Nothing is
    clamped: a step that is too large runs away. Chapter: 02_gradient_descent.
    """

    settings = ("step", "momentum", "b", "steps", "start")
    step = Number(0.6, 0, above=True)
    momentum = Number(0, 0, 0.9999)
    b = Number(0.1, 0, 1, above=True)
    steps = Whole(40, 1, 1000)
    start = Vector([0.8, 1], 2)

    question = traitlets.Unicode(
        "First guess: which step *s* reaches the bottom soonest, and from which *s* on does the "
        "path run away? Then move *s*. The start can be dragged."
    ).tag(sync=True)

    @property
    def path(self):
        """The points [(x, y), ...], the start first."""
        return model.descend(self.start, self.b, self.step, self.momentum, self.steps)

    @property
    def losses(self):
        """f at each point of the path."""
        return [model.loss(x, y, self.b) for x, y in self.path]

    @property
    def theory(self):
        """The ratio f_{k+1} / f_k that theory predicts."""
        return model.rate(self.b, self.step, self.momentum)

    @property
    def measured(self):
        """The ratio f_{k+1} / f_k measured over the second half of the path, or None."""
        return model.measured_rate(self.losses)

    def description(self):
        return (
            f"Explorer: gradient descent on f = (x² + {self.b:g} y²)/2 from "
            f"({self.start[0]:g}, {self.start[1]:g}) with step {self.step:g} and momentum "
            f"{self.momentum:g}. After {len(self.path) - 1} steps f is {self.losses[-1]:.2g}; "
            f"theory expects the factor {self.theory:.3f} per step."
        )

    def still(self):
        from .still import draw

        return draw(self)
