"""Real data, small and offline. Each function returns a frozen record with its source and licence.

    digits = datasets.mnist("train")    # also "validation", "test", "all"
    digits.images, digits.labels, digits.source, digits.licence

The files ship with the package (`pack/`, origins in DATA_LICENSES.md) and are verified when read.
"""

from ._pack import DataError
from .co2 import co2
from .digits import digits
from .emoji import emoji
from .fashion_mnist import fashion_mnist
from .first_names import first_names
from .mnist import mnist
from .shakespeare import shakespeare
from .sunspots import sunspots
from .tabular import tabular
from .translation import translation

__all__ = [
    "DataError",
    "co2",
    "digits",
    "emoji",
    "fashion_mnist",
    "first_names",
    "mnist",
    "shakespeare",
    "sunspots",
    "tabular",
    "translation",
]
