"""The explorer `VanishingGradient`."""

import math

import numpy as np
import traitlets

from nnbook_utils.explorers.kit import Choice, Explorer, Number, Whole

from . import model


class Flag(traitlets.TraitType):
    """True or False."""

    def __init__(self, default):
        super().__init__(default)
        self.tag(sync=True)

    def validate(self, obj, value):
        if isinstance(value, bool | np.bool_):
            return bool(value)
        raise traitlets.TraitError(
            f"{type(obj).__name__}: {self.name} must be True or False, but got {value!r}; "
            f"write e.g. {self.name}={self.default_value}."
        )


class VanishingGradient(Explorer):
    """Activations forward and gradients backward through a deep network with random weights.

    activation: "tanh", "sigmoid", "relu", "leaky_relu" or "linear"; depth: layers; gain: the
    weights are gain·N(0, 1)/sqrt(width); normalisation: "none" or "layer"; residual: whether each
    layer's input is added to its output; width: units a layer, 4 to 32; seed: of all random
    numbers; layer: the one whose numbers are shown. 16 random examples run through in float64;
    nothing is clamped. Chapter: 04_training_deep_networks.
    """

    settings = (
        "activation",
        "depth",
        "gain",
        "normalisation",
        "residual",
        "width",
        "seed",
        "layer",
    )
    activation = Choice("tanh", model.ACTIVATIONS)
    depth = Whole(20, 1, 50)
    gain = Number(1, 0, 1e9, above=True)
    normalisation = Choice("none", model.NORMALISATIONS)
    residual = Flag(False)
    width = Whole(32, 4, 32)
    seed = Whole(0, 0, 2**32 - 1)
    layer = Whole(1, 1, 50)

    question = traitlets.Unicode(
        "First guess: which activation lets the least gradient through to the first layers, and "
        "which gain keeps both curves level? Then try. The upright line reads one layer."
    ).tag(sync=True)

    @property
    def _network(self):
        return (self.activation, self.depth, self.gain, self.normalisation, self.residual)

    @property
    def measured(self):
        """Lists over the layers: "deviation", "gradient" and "idle", see model.simulate."""
        return model.simulate(*self._network, self.width, self.seed)

    @property
    def theory(self):
        """Lists over the layers: "deviation", "slopes" and "factors", see model.theory."""
        data, _, _ = model.draws(self.seed, self.width, 0)
        return model.theory(*self._network, float(np.mean(data * data)))

    @property
    def gradient_factor(self):
        """What a layer multiplies the gradient's size by on its way back: (theory, measured).

        Geometric means over all layers; None where a size is 0 or beyond the range of numbers.
        """
        gradient = self.measured["gradient"]
        ratio = gradient[0] / gradient[-1]
        factors = [math.sqrt(factor) for factor in self.theory["factors"]]
        if all(0 < factor < math.inf for factor in factors):
            expected = math.exp(sum(map(math.log, factors)) / self.depth)
        else:
            expected = None
        return expected, model.mean_factor(ratio, self.depth)

    def description(self):
        expected, measured = (
            "no number" if factor is None else f"{factor:.3g}" for factor in self.gradient_factor
        )
        extras = f", {self.normalisation} normalisation" if self.normalisation != "none" else ""
        extras += ", residual connections" if self.residual else ""
        found = self.measured
        return (
            f"Explorer: a random {self.activation} network of {self.depth} layers with gain "
            f"{self.gain:.3g}{extras}. The activations' standard deviation goes from "
            f"{found['deviation'][0]:.3g} to {found['deviation'][-1]:.3g}; on the way back the "
            f"gradient goes from {found['gradient'][-1]:.3g} to {found['gradient'][0]:.3g}: a "
            f"factor of {measured} per layer, where theory expects {expected}."
        )

    def still(self):
        from .still import draw

        return draw(self)
