"""MNIST: handwritten digits."""

from . import _images

DIGITS = tuple("0123456789")


def mnist(split="train", *, full=False):
    """Handwritten digits 0–9, centred, 28×28 pixels, one part of a fixed stratified split.

    split: "train" (8,000), "validation" (1,000) or "test" (1,000). No image is in two parts.
    The 10,000 that ship with the book are the first 10,000 of MNIST's training set.
    -> LabelledImages: images (N, 28, 28) float32 in [0, 1], labels (N,) int64.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: LeCun, Bottou, Bengio and Haffner, 1998, doi:10.1109/5.726791.
    """
    return _images.packed("mnist.npz", "MNIST", split, DIGITS)
