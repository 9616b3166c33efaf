"""MNIST: handwritten digits."""

from . import _images

DIGITS = tuple("0123456789")

# SHA-256 of the four files of the full set, as published in 1998 and served unchanged since.
DIGESTS = (
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
)
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)


def mnist(split="train", *, full=False, fallback=True):
    """Handwritten digits 0–9, centred, 28×28 pixels.

    split: "train" (8,000), "validation" (1,000), "test" (1,000) or "all". Fixed and stratified;
    no image is in two parts. These 10,000 ship with the book. They are the first 10,000 of
    MNIST's training set, so none of them is in MNIST's own test set.
    full=True: 55,000, 5,000 and MNIST's own test set of 10,000, fetched once (11.6 MB). Without a
    network: the small set with a warning, or DataError where fallback=False.
    -> LabelledImages: images (N, 28, 28) float32 in [0, 1], labels (N,) int64.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: LeCun, Bottou, Bengio and Haffner, 1998, doi:10.1109/5.726791.
    """
    if full:
        return _images.full_or_packed(
            "mnist.npz", "MNIST", split, DIGITS, DIGESTS, MIRRORS, fallback
        )
    return _images.packed("mnist.npz", "MNIST", split, DIGITS)
