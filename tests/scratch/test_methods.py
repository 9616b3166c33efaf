"""Operators and methods of Tensor: each does what PyTorch's of the same name does."""

import numpy as np
import pytest

from nnbook_utils.scratch import Tensor

torch = pytest.importorskip("torch", reason="torch is not installed")

SIGNED = np.random.default_rng(0).standard_normal((2, 3, 4))
POSITIVE = np.abs(SIGNED) + 0.1
CALLS = {
    "+": lambda x, y: x + y,
    "- first": lambda x, y: 3.0 - x,
    "-": lambda x, y: x - y,
    "*": lambda x, y: 2.0 * x * y,
    "/": lambda x, y: x / y,
    "/ first": lambda x, y: 3.0 / y,
    "**": lambda x, y: x**3,
    "negative": lambda x, y: -x,
    "@": lambda x, y: x @ y.transpose(1, 2),
    "[]": lambda x, y: x[1, :, ::2] * y[0, :, 1:3],
    "in a loop": lambda x, y: sum(part * n for n, part in enumerate(x)),
    "sums": lambda x, y: x.sum(1) * y.sum(1, True).squeeze(1),
    "mean": lambda x, y: x.mean((0, 2), True) + y.mean(),
    "var": lambda x, y: x.var(1, correction=0) + y.var(1, keepdim=True).squeeze(1),
    "std": lambda x, y: x.std(2, correction=0, keepdim=True) * y.std(),
    "amax": lambda x, y: x.amax(1, True) - y.amin(2, True),
    "amin": lambda x, y: x.amin(1) + y.amax(1),
    "clamp": lambda x, y: x.clamp(-0.5, 0.3) + x.clamp(min=0.2) * x.clamp(max=0.1),
    "softmax": lambda x, y: x.softmax(1) * y.log_softmax(2),
    "reshape": lambda x, y: x.reshape(4, -1) * y.view((4, 6)),
    "flatten": lambda x, y: x.flatten(1) * y.flatten(1, 2),
    "permute": lambda x, y: x.permute(2, 0, 1) * y.permute((2, 0, 1)),
    "unsqueeze": lambda x, y: x.unsqueeze(1) * y.unsqueeze(-1).squeeze(-1).unsqueeze(0),
    "expand": lambda x, y: x[:, :1].expand(2, 3, 4) * y,
    "unbind": lambda x, y: x.unbind(2)[1] - y.unbind()[1][0, 0],
    "chunk": lambda x, y: x.chunk(2, 2)[1] * y.chunk(2, -1)[0],
    "T": lambda x, y: x[0].T * y[1].T,
    "detach": lambda x, y: x * y.detach(),
}
for name in ("exp", "log", "sqrt", "square", "abs", "sin", "cos", "tanh", "sigmoid", "relu"):
    CALLS[name] = lambda x, y, name=name: getattr(x * x + 0.1, name)() * getattr(y, name)()


@pytest.mark.parametrize("name", CALLS)
def test_operator_or_method_is_that_of_torch(name):
    arrays = SIGNED, POSITIVE
    ours = [Tensor(a, requires_grad=True) for a in arrays]
    theirs = [torch.tensor(a, requires_grad=True) for a in arrays]
    out, expected = CALLS[name](*ours), CALLS[name](*theirs)
    upstream = np.random.default_rng(1).standard_normal(out.shape)
    out.backward(upstream)
    expected.backward(torch.tensor(upstream))
    np.testing.assert_allclose(out.data, expected.detach().numpy(), rtol=1e-9, atol=1e-12)
    for mine, twin in zip(ours, theirs, strict=True):
        assert (mine.grad is None) == (twin.grad is None)
        if mine.grad is not None:
            np.testing.assert_allclose(mine.grad, twin.grad.numpy(), rtol=1e-9, atol=1e-12)


def test_what_a_tensor_says_about_itself_is_what_torch_says():
    x, twin = Tensor(SIGNED), torch.tensor(SIGNED)
    assert (x.shape, x.ndim, x.numel(), len(x)) == (
        tuple(twin.shape),
        twin.ndim,
        twin.numel(),
        len(twin),
    )
    assert (x.size(), x.size(-1)) == (tuple(twin.size()), twin.size(-1))
    assert int(x.argmax().data) == int(twin.argmax())
    np.testing.assert_array_equal(x.argmax(1).data, twin.argmax(1).numpy())
    one, two = Tensor(np.array([2.5])), torch.tensor([2.5])
    assert (one.item(), float(one), int(one), bool(one)) == (two.item(), 2.5, 2, True)
    assert x.is_leaf
    y = Tensor(SIGNED, requires_grad=True)
    assert not (y * 2).is_leaf
    assert (y.detach() * 2).is_leaf
    y.requires_grad_(False)
    assert not (y * 2).requires_grad
