"""Real data, small and offline. Each function returns a frozen record with its source and licence.

The files ship with the package (`pack/`, origins in DATA_LICENSES.md) and are verified when read.
"""

from ._pack import DataError
from .mnist import mnist

__all__ = ["DataError", "mnist"]
