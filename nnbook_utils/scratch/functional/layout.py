"""How images lie in memory.

Shapes are always (N, C, H, W), as in PyTorch. In memory the channels of one pixel lie next to each
other (N, H, W, C): then a patch of an image is a few long runs, and a matrix product over channels
needs no copy. Only these functions know about it; everything else sees (N, C, H, W).
"""

import math

import numpy as np


def channels_last(images):
    """(N, C, ...) -> (N, ..., C), contiguous. Copies only what lies otherwise in memory."""
    return np.ascontiguousarray(np.moveaxis(images, 1, -1))


def channels_first(images):
    """(N, ..., C) -> (N, C, ...), a view of the same memory."""
    return np.moveaxis(images, -1, 1)


def to_positions(images):
    """(N, ..., C) -> (N, P, C) with one row a position."""
    n, channels = images.shape[0], images.shape[-1]
    count = math.prod(images.shape[1:-1])
    return images.reshape(n, count, channels)


def from_positions(positions, shape):
    """(N, P, C) -> (N, C, ...), the inverse of both; shape is that of (N, ..., C)."""
    return channels_first(positions.reshape(shape))


def pad_images(images, padding, value=0.0):
    """(N, H, W, C) with `padding` = (vertical, horizontal) pixels of one value on every side."""
    (top, left), (n, height, width, channels) = padding, images.shape
    if top == left == 0:
        return images
    out = np.full((n, height + 2 * top, width + 2 * left, channels), value, images.dtype)
    out[:, top : top + height, left : left + width] = images
    return out


def crop_images(images, padding):
    """The inverse of pad_images, as a view."""
    (top, left), (height, width) = padding, images.shape[1:3]
    return images[:, top : height - top, left : width - left]


def per_channel(operation, positions, vector, out=None):
    """operation(positions, vector): positions (N, P, C), vector (N or 1, 1, C), fast.

    NumPy runs along the last axis, and a run of only C numbers is too short to be quick. So the
    vector is repeated, and many positions are taken as one long run: four times as fast.
    """
    n, count, channels = positions.shape
    several = math.gcd(count, 5040)  # 5040 has 60 divisors, so it shares a large one with most
    shape = (n, count // several if several else 0, several * channels)
    vector = np.tile(vector, (1, 1, several))
    out = None if out is None else out.reshape(shape)
    return operation(positions.reshape(shape), vector, out=out).reshape(n, count, channels)


def pieces(array):
    """Indices that cut an array along its first axis into pieces of about 2^16 numbers.

    Several steps in a row over one piece find it in the processor's cache; over the whole of a
    large array each step would fetch it from memory again.
    """
    if array.size <= 2**16:
        return [...]
    step = max(1, 2**16 * len(array) // array.size)
    return [slice(start, start + step) for start in range(0, len(array), step)]


def add_to_channels(images, vector):
    """Add one number a channel to images (N, ..., C), in place."""
    positions = to_positions(images)
    per_channel(np.add, positions, vector.reshape(1, 1, -1), out=positions)


def sum_of_positions(images):
    """Sum over everything but the channels: (N, ..., C) -> (C,). A product beats np.sum here."""
    rows = images.reshape(math.prod(images.shape[:-1]), images.shape[-1])
    return np.ones(len(rows), images.dtype) @ rows
