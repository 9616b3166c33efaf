"""The complementary error function, which NumPy lacks and the exact GELU needs."""

import functools
import math

import numpy as np
from numpy.polynomial import chebyshev


def erfc(x):
    """1 - erf(x): 2/sqrt(pi) times the integral of exp(-t^2) from x to infinity.

    For z = |x| the product erfc(z) exp(z^2) varies slowly, and over t = 2/(2 + z), which lies
    between 0 and 1, a polynomial of degree 22 gives it to 14 digits.
    """
    z = np.minimum(np.abs(x), 30)  # beyond, the result is 0 in any case
    t = 2 / (2 + z)
    tail = np.exp(-z * z) * t * chebyshev.chebval(2 * t - 1, _coefficients(x.dtype))
    return np.where(x < 0, 2 - tail, tail)


@functools.cache
def _coefficients(dtype):
    """Chebyshev coefficients of erfc(z) exp(z^2) / t, fitted to Python's own math.erfc."""

    def target(points):  # from -1 to 1, where t = (point + 1) / 2
        return np.array([_scaled_erfc(2 * (1 - t) / t) / t for t in (points + 1) / 2])

    degree = 10 if dtype == np.float32 else 22
    return chebyshev.chebinterpolate(target, degree).astype(dtype)


def _scaled_erfc(z):
    """erfc(z) exp(z^2) for one number z >= 0."""
    if z < 5:
        return math.erfc(z) * math.exp(z * z)
    # Laplace's continued fraction, where the two factors would underflow and overflow.
    fraction = z
    for k in range(60, 0, -1):
        fraction = z + (k / 2) / fraction
    return 1 / (math.sqrt(math.pi) * fraction)
