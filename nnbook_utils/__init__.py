"""Helper package of the book *Neural Networks, Built Twice*.

`scratch` holds every building block in NumPy, `twins` the same in PyTorch, `compare` proves that
both are the same function. Submodules are imported when first used, so that a chapter in NumPy
does not wait for PyTorch.
"""

from importlib import import_module

__version__ = "0.1.0"

_SUBMODULES = {
    "check",
    "compare",
    "datasets",
    "explorers",
    "figures",
    "scratch",
    "source",
    "train",
    "twins",
}
__all__ = sorted(_SUBMODULES | {"about", "show_source"})


def about():
    """The versions at work and the device that PyTorch would use, in one line."""
    import numpy

    line = f"nnbook_utils {__version__}, NumPy {numpy.__version__}"
    try:
        import torch
    except ImportError:
        return f"{line}; PyTorch is not installed"
    from .twins import device

    return f"{line}, PyTorch {torch.__version__.split('+')[0]}, running on {device()}"


def __getattr__(name):
    if name == "show_source":
        return import_module(".source", __name__).show_source
    if name in _SUBMODULES:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted(set(globals()) | set(__all__))
