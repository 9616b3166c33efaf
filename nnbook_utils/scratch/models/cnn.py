"""The digit CNN."""

from .. import nn


class CNN(nn.Sequential):
    """Two convolutions, one pool, two dense layers.

    images (N, 1, size, size) or (N, size, size) -> logits (N, classes)
    Chapter: 05_convolution. Twin: nnbook_utils.twins.CNN.
    """

    def __init__(self, channels=(32, 64), hidden=128, classes=10, size=28, *, rng):
        first, second = channels
        side = (size - 4) // 2  # two 3x3 windows take 2 pixels each, the pool halves
        if side < 1:
            raise ValueError(f"size must be at least 6 pixels, but it is {size}")
        super().__init__(
            nn.Conv2d(1, first, 3, rng=rng),
            nn.ReLU(),
            nn.Conv2d(first, second, 3, rng=rng),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(second * side * side, hidden, rng=rng),
            nn.ReLU(),
            nn.Linear(hidden, classes, rng=rng),
        )

    def forward(self, x):
        if x.ndim == 3:
            x = x.reshape(len(x), 1, *x.shape[1:])
        return super().forward(x)
