"""Elementwise operations on a single number, an array without axes."""

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor
from nnbook_utils.scratch import functional as F

torch = pytest.importorskip("torch", reason="torch is not installed")

SAME_NAME = ["relu", "leaky_relu", "gelu", "silu", "softplus", "logsigmoid"]
ELSEWHERE = ["sigmoid", "tanh", "exp", "log", "sqrt", "square", "abs", "sin", "cos"]


@pytest.mark.parametrize("name", SAME_NAME + ELSEWHERE)
def test_a_number_without_axes_has_value_and_slope(name):
    twin = getattr(torch.nn.functional if name in SAME_NAME else torch, name)
    ours = Tensor(np.array(0.7), requires_grad=True)
    theirs = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    out, expected = getattr(F, name)(ours), twin(theirs)
    out.backward()
    expected.backward()
    assert out.shape == ()
    assert abs(out.item() - expected.item()) < 1e-12
    assert abs(float(ours.grad) - theirs.grad.item()) < 1e-12


def test_the_fast_gelu_takes_a_number_without_axes():
    value = F.gelu(Tensor(np.array(0.7)), approximate="tanh").item()
    wanted = torch.nn.functional.gelu(torch.tensor(0.7, dtype=torch.float64), approximate="tanh")
    assert abs(value - wanted.item()) < 1e-12
