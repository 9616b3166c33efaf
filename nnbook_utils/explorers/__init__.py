"""Live pictures for the chapters. README.md in this folder says how to add one.

An explorer is imported when it is first used: so a chapter depends on its own explorers only, and
need not be executed again when another one changes.
"""

from importlib import import_module

_FOLDERS = {
    "BackpropStepper": "backprop_stepper",
    "LearningRate": "learning_rate",
    "PerceptronGates": "perceptron_gates",
    "VanishingGradient": "vanishing_gradient",
}
__all__ = sorted(_FOLDERS)


def __getattr__(name):
    if name in _FOLDERS:
        return getattr(import_module(f".{_FOLDERS[name]}.explorer", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *__all__})
