"""Emoji: small colour pictures, each with a name."""

from dataclasses import dataclass

import numpy as np

from . import _pack, _splits


@dataclass(frozen=True, eq=False, repr=False)
class NamedPictures:
    """One part of a set of colour pictures with names.

    images (N, 3, 32, 32) float32 in [0, 1], red, green, blue; labels (N,) int64: the group;
    classes: the groups; names, characters, subgroups: N each.
    """

    name: str
    split: str
    images: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    names: tuple[str, ...]
    characters: tuple[str, ...]
    subgroups: tuple[str, ...]
    source: str
    licence: str

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        return (
            f"{self.name}, {self.split}: {len(self):,} colour pictures of 32×32 pixels, "
            f"{len(self.classes)} groups, such as {self.names[0]}"
        )


def emoji(split="train", *, background=1.0):
    """Emoji without skin tones, drawn by Noto Color Emoji, with their Unicode names.

    split: "train" (1,566), "validation" (154), "test" (150) or "all". Fixed and stratified by
    group; pictures that are the same (some flags are) are in one part.
    background: the grey behind the picture, 0 (black) to 1 (white), or its red, green and blue.
    -> NamedPictures: images (N, 3, 32, 32) float32 in [0, 1], labels (N,) int64, names, …
    Raises ValueError for another split or background, DataError when the file is missing or
    changed.
    Source: Google's Noto Color Emoji; Unicode 15.0.
    """
    try:
        behind = np.broadcast_to(np.asarray(background, dtype=np.float32), (3,))
        fits = bool(np.all((behind >= 0) & (behind <= 1)))
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(
            f"background must be one number or three in [0, 1], got {background!r}."
        ) from None
    found = _pack.arrays("emoji.npz")
    rows = _splits.rows(found["sizes"], split)
    pixels = found["images"][rows].astype(np.float32) / np.float32(255)
    colour, opacity = pixels[..., :3], pixels[..., 3:]
    images = colour * opacity + behind * (1 - opacity)
    return NamedPictures(
        name="Emoji",
        split=split,
        images=np.ascontiguousarray(images.transpose(0, 3, 1, 2)),
        labels=found["labels"][rows].astype(np.int64),
        classes=tuple(found["groups"].tolist()),
        names=tuple(found["names"][rows].tolist()),
        characters=tuple(found["characters"][rows].tolist()),
        subgroups=tuple(found["subgroups"][rows].tolist()),
        **_pack.origin("emoji.npz"),
    )
