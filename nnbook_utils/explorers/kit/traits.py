"""Traits whose errors say what was expected, what came and what to do."""

import math
from numbers import Integral, Real

import traitlets


def _number(value):
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


class Number(traitlets.TraitType):
    """A finite number, low <= value <= high (low itself is excluded when above=True)."""

    def __init__(self, default, low=-math.inf, high=math.inf, *, above=False):
        super().__init__(float(default))
        self.low, self.high, self.above = low, high, above
        self.tag(sync=True)

    def validate(self, obj, value):
        if _number(value):
            low_enough = value > self.low if self.above else value >= self.low
            if low_enough and value <= self.high:
                return float(value)
        if math.isinf(self.low) and math.isinf(self.high):
            expected = "a finite number"
        elif math.isinf(self.high):
            expected = f"a finite number {'above' if self.above else 'of at least'} {self.low:g}"
        else:
            low = f"above {self.low:g} and" if self.above else f"from {self.low:g} to"
            expected = f"a number {low}{' at most' if self.above else ''} {self.high:g}"
        raise _bad(obj, self.name, expected, value, f"{self.name}={self.default_value:g}")


class Whole(traitlets.TraitType):
    """A whole number, low <= value <= high."""

    def __init__(self, default, low, high):
        super().__init__(default)
        self.low, self.high = low, high
        self.tag(sync=True)

    def validate(self, obj, value):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if whole and self.low <= value <= self.high:
            return int(value)
        expected = f"a whole number from {self.low} to {self.high}"
        raise _bad(obj, self.name, expected, value, f"{self.name}={self.default_value}")


class Choice(traitlets.TraitType):
    """One of a few words."""

    def __init__(self, default, options):
        super().__init__(default)
        self.options = tuple(options)
        self.tag(sync=True)

    def validate(self, obj, value):
        if isinstance(value, str) and value in self.options:
            return value
        expected = f"one of {', '.join(map(repr, self.options))}"
        raise _bad(obj, self.name, expected, value, f"{self.name}={self.default_value!r}")


class Vector(traitlets.TraitType):
    """A list of exactly `size` finite numbers; any sequence or array of them is taken."""

    def __init__(self, default, size):
        super().__init__([float(v) for v in default])
        self.size = size
        self.tag(sync=True)

    def validate(self, obj, value):
        try:
            items = None if isinstance(value, str | bytes) else list(value)
        except TypeError:
            items = None
        if items is not None and len(items) == self.size and all(map(_number, items)):
            return [float(v) for v in items]
        expected = f"{self.size} finite numbers"
        raise _bad(obj, self.name, expected, value, f"{self.name}={self.default_value}")


def _bad(obj, name, expected, value, example):
    shown = repr(value)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return traitlets.TraitError(
        f"{type(obj).__name__}: {name} must be {expected}, but got {shown}; write e.g. {example}."
    )
