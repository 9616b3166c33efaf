"""The digit CNN."""

from torch import nn


class CNN(nn.Sequential):
    """Two convolutions, one pool, two dense layers.

    images (N, 1, size, size) or (N, size, size) -> logits (N, classes)
    Chapter: 05_convolution. Twin: nnbook_utils.scratch.models.CNN.
    """

    def __init__(self, channels=(32, 64), hidden=128, classes=10, size=28):
        first, second = channels
        side = (size - 4) // 2  # two 3x3 windows take 2 pixels each, the pool halves
        if side < 1:
            raise ValueError(f"size must be at least 6 pixels, but it is {size}")
        super().__init__(
            nn.Conv2d(1, first, 3),
            nn.ReLU(),
            nn.Conv2d(first, second, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(second * side * side, hidden),
            nn.ReLU(),
            nn.Linear(hidden, classes),
        )

    def forward(self, x):
        return super().forward(x.unsqueeze(1) if x.ndim == 3 else x)
