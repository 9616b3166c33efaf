"""Fashion-MNIST: photographs of garments in MNIST's format."""

from . import _images

GARMENTS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)

# SHA-256 of the four files of the full set, as its authors publish them.
DIGESTS = (
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
)
MIRRORS = (
    "https://fashion-mnist.s3.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)


def fashion_mnist(split="train", *, full=False, fallback=True):
    """Garments and shoes in ten classes, 28×28 pixels: like MNIST, but harder.

    split: "train" (8,000), "validation" (1,000), "test" (1,000) or "all". Fixed, with equal
    classes; no image is in two parts. These 10,000 ship with the book. They are the first 1,000
    of each class in the training set, so none of them is in the set's own test part.
    full=True: 55,000, 5,000 and the set's own 10,000 test images, fetched once (30.9 MB). Without
    a network: the small set with a warning, or DataError where fallback=False.
    -> LabelledImages: images (N, 28, 28) float32 in [0, 1], labels (N,) int64.
    Raises ValueError for another split, DataError when the file is missing or changed.
    Source: Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747.
    """
    if full:
        return _images.full_or_packed(
            "fashion_mnist.npz", "Fashion-MNIST", split, GARMENTS, DIGESTS, MIRRORS, fallback
        )
    return _images.packed("fashion_mnist.npz", "Fashion-MNIST", split, GARMENTS)
