"""The multi-layer perceptron."""

from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh}


class MLP(nn.Sequential):
    """Linear layers with an activation between them, none after the last.

    sizes: for example (784, 16, 16, 10), 13,002 parameters. x (N, sizes[0]) -> (N, sizes[-1]);
    images (N, 28, 28) are flattened.
    Chapter: 02_gradient_descent. Twin: nnbook_utils.scratch.models.MLP.
    """

    def __init__(self, sizes, activation="relu"):
        if len(sizes) < 2:
            raise ValueError(f"sizes needs at least an input and an output, but it is {sizes}")
        if activation not in ACTIVATIONS:
            raise ValueError(
                f"activation must be one of {sorted(ACTIVATIONS)}, but got {activation!r}"
            )
        layers = []
        for n_in, n_out in zip(sizes, sizes[1:], strict=False):
            layers += [nn.Linear(n_in, n_out), ACTIVATIONS[activation]()]
        super().__init__(*layers[:-1])

    def forward(self, x):
        return super().forward(x.flatten(1) if x.ndim > 2 else x)
