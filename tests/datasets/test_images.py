"""MNIST, Fashion-MNIST and the 8×8 digits."""

import numpy as np
import pytest

from nnbook_utils import datasets

SETS = [datasets.mnist, datasets.fashion_mnist, datasets.digits]
PARTS = ("train", "validation", "test")
each_set = pytest.mark.parametrize("load", SETS, ids=lambda load: load.__name__)


@each_set
def test_images_are_float32_between_zero_and_one_and_labels_int64(load):
    for part in (*PARTS, "all"):
        data = load(part)
        side = 8 if load is datasets.digits else 28
        assert data.images.dtype == np.float32 and data.images.shape == (len(data), side, side)
        assert data.images.min() == 0 and data.images.max() == 1
        assert data.labels.dtype == np.int64 and data.labels.shape == (len(data),)
        assert set(data.labels) == set(range(10)) and len(data.classes) == 10


@pytest.mark.parametrize(
    "load, sizes",
    [
        (datasets.mnist, (8000, 1000, 1000)),
        (datasets.fashion_mnist, (8000, 1000, 1000)),
        (datasets.digits, (1199, 299, 299)),
    ],
)
def test_parts_have_the_sizes_that_the_docstring_gives(load, sizes):
    assert tuple(len(load(part)) for part in PARTS) == sizes
    for part, size in zip(PARTS, sizes, strict=True):
        assert f'"{part}" ({size:,})' in load.__doc__


@each_set
def test_no_image_is_in_two_parts(load):
    train, validation, test = ({i.tobytes() for i in load(part).images} for part in PARTS)
    assert not train & validation and not train & test and not validation & test


@each_set
def test_the_parts_make_up_the_whole(load):
    whole = load("all")
    parts = sorted(i.tobytes() for part in PARTS for i in load(part).images)
    assert parts == sorted(i.tobytes() for i in whole.images)


@each_set
def test_every_part_has_each_class_in_proportion(load):
    shares = np.bincount(load("all").labels) / len(load("all"))
    for part in PARTS:
        counts = np.bincount(load(part).labels)
        assert np.abs(counts - shares * len(load(part))).max() <= 1.5


@each_set
def test_the_split_is_the_same_every_time(load):
    for part in PARTS:
        assert np.array_equal(load(part).images, load(part).images)
        assert np.array_equal(load(part).labels, load(part).labels)


@each_set
@pytest.mark.parametrize("split", ["valid", "", None, 3, ["train"]])
def test_other_names_of_parts_are_refused(load, split):
    with pytest.raises(ValueError, match=r"^split must be one of 'train', .*, got "):
        load(split)


@each_set
def test_rows_come_mixed_not_sorted_by_class(load):
    assert len(set(load("train").labels[:50])) >= 8


def test_mnist_has_256_levels_of_grey():
    pixels = datasets.mnist("all").images * 255
    assert np.abs(pixels - pixels.round()).max() < 1e-4
    assert len(np.unique(pixels.round())) == 256


def test_a_nearest_mean_reads_most_digits():
    """Labels belong to their images: a shuffled or shifted pairing would read about 10 %."""
    for load, least in ((datasets.mnist, 0.75), (datasets.fashion_mnist, 0.6)):
        train, test = load("train"), load("test")
        means = np.stack([train.images[train.labels == c].mean(axis=0) for c in range(10)])
        distance = ((test.images[:, None] - means) ** 2).sum(axis=(2, 3))
        assert (distance.argmin(axis=1) == test.labels).mean() > least


def test_repr_says_what_it_is():
    text = "MNIST, test: 1,000 images of 28×28 pixels, 10 classes"
    assert repr(datasets.mnist("test")) == text
