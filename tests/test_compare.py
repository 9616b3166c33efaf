"""The proofs prove: they accept what is the same, and name what is not."""

import re
import time

import matplotlib.pyplot as plt
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")

from nnbook_utils import compare, figures, train  # noqa: E402
from nnbook_utils.scratch import Tensor, models, nn, optim  # noqa: E402
from nnbook_utils.scratch import functional as F  # noqa: E402

rng = np.random.default_rng(0)
X, W, B = rng.standard_normal((8, 5)), rng.standard_normal((3, 5)), rng.standard_normal(3)
INPUTS = {"x": X, "w": W, "b": B}


def loops(x, w, b):
    out = np.zeros((len(x), len(w)))
    for n in range(len(x)):
        for j in range(len(w)):
            out[n, j] = sum(x[n, i] * w[j, i] for i in range(x.shape[1])) + b[j]
    return out


def by_hand(x, w, b):
    return x @ w.T + b


def by_hand_grad(upstream, x, w, b):
    return {"x": upstream @ w, "w": upstream.T @ x, "b": upstream.sum(0)}


def layer(x, w, b):
    return F.linear(x, w, b)


def pytorch(x, w, b):
    return torch.nn.functional.linear(x, w, b)


# -- same ----------------------------------------------------------------------------------------


def test_three_ways_to_write_a_layer_are_the_same():
    proof = compare.same(
        loops=loops,
        loops_grad=by_hand_grad,
        numpy=by_hand,
        numpy_grad=by_hand_grad,
        torch=pytorch,
        inputs=INPUTS,
    )
    quantities = ["output", "gradient of x", "gradient of w", "gradient of b"]
    assert list(proof.differences) == ["loops", "NumPy"]
    for row in proof.differences.values():
        assert list(row) == quantities
        assert all(0 <= value <= 1e-14 for value in row.values())
    assert list(proof.seconds) == ["loops", "NumPy", "PyTorch"]
    assert all(value > 0 for value in proof.seconds.values())
    assert all(value > 0 for value in proof.seconds_with_gradients.values())
    assert proof.largest == max(v for row in proof.differences.values() for v in row.values())


def test_a_function_of_scratch_tensors_brings_its_own_gradients():
    kinds = []

    def watched(x, w, b):
        kinds.extend(map(type, (x, w, b)))
        return F.linear(x, w, b)

    proof = compare.same(numpy=watched, torch=pytorch, inputs=INPUTS)
    assert set(kinds) == {Tensor}
    assert "gradient of w" in proof.differences["NumPy"]


def test_torch_sees_double_precision_and_hand_made_functions_see_arrays():
    seen = {}

    def ours(x, n):
        seen["NumPy"] = (type(x), x.dtype, n)
        return x * n

    def theirs(x, n):
        seen["PyTorch"] = (type(x), x.dtype, n)
        return x * n

    compare.same(
        numpy=ours,
        numpy_grad=lambda upstream, x, n: {"x": upstream * n},
        torch=theirs,
        inputs={"x": X.astype(np.float32), "n": 3},
    )
    assert seen["NumPy"] == (np.ndarray, np.float64, 3)
    assert seen["PyTorch"] == (torch.Tensor, torch.float64, 3)


def test_integers_stay_integers_and_get_no_gradient():
    proof = compare.same(
        numpy=lambda logits, target: F.cross_entropy(logits, target),
        torch=lambda logits, target: torch.nn.functional.cross_entropy(logits, target),
        inputs={"logits": X, "target": np.arange(8) % 5},
    )
    assert list(proof.differences["NumPy"]) == ["output", "gradient of logits"]


@pytest.mark.parametrize(("wrt", "named"), [(["w"], "w"), ("b", "b")])
def test_only_the_named_inputs_get_gradients(wrt, named):
    proof = compare.same(numpy=layer, torch=pytorch, inputs=INPUTS, wrt=wrt)
    assert list(proof.differences["NumPy"]) == ["output", f"gradient of {named}"]


def test_a_step_function_is_compared_without_gradients():
    proof = compare.same(
        numpy=lambda x: (x > 0).astype(float),
        torch=lambda x: (x > 0).double(),
        inputs={"x": X},
    )
    assert list(proof.differences["NumPy"]) == ["output"]
    assert proof.conclusion == "same function (largest difference 0 ≤ 1e-9)"


def test_an_input_that_is_not_used_has_a_gradient_of_zero():
    proof = compare.same(
        numpy=lambda x, y: x * 2, torch=lambda x, y: x * 2, inputs={"x": X, "y": B}
    )
    assert proof.differences["NumPy"]["gradient of y"] == 0


def test_a_function_that_writes_into_its_inputs_spoils_no_other():
    def careless(x, w, b):
        out = loops(x, w, b)
        x *= 0
        return out

    before = X.copy()
    compare.same(
        loops=careless, numpy=by_hand, numpy_grad=by_hand_grad, torch=pytorch, inputs=INPUTS
    )
    np.testing.assert_array_equal(X, before)


def test_a_wrong_output_is_named_with_size_and_index():
    def wrong(x, w, b):
        out = by_hand(x, w, b)
        out[6, 1] += 0.5
        return out

    with pytest.raises(compare.NotTheSame, match=r"output: NumPy differs.*by 0\.\d+.*at \[6, 1\]"):
        compare.same(numpy=wrong, numpy_grad=by_hand_grad, torch=pytorch, inputs=INPUTS)


def test_a_wrong_loop_is_named_as_the_loop():
    with pytest.raises(compare.NotTheSame, match="output: loops differs"):
        compare.same(
            loops=lambda x, w, b: loops(x, w, 0 * b),
            numpy=by_hand,
            numpy_grad=by_hand_grad,
            torch=pytorch,
            inputs=INPUTS,
        )


def test_a_wrong_gradient_is_named():
    def wrong(upstream, x, w, b):
        return by_hand_grad(upstream, x, w, b) | {"w": upstream.T @ x * (1 + 1e-6)}

    with pytest.raises(compare.NotTheSame, match="gradient of w: NumPy differs from PyTorch"):
        compare.same(numpy=by_hand, numpy_grad=wrong, torch=pytorch, inputs=INPUTS)


def test_a_wrong_scratch_gradient_is_named():
    def wrong(x):  # the value of x * x, the gradient of a constant times x
        return x * x.detach()

    with pytest.raises(compare.NotTheSame, match="gradient of x: NumPy"):
        compare.same(numpy=wrong, torch=lambda x: x * x, inputs={"x": X})


def test_a_transposed_result_does_not_pass_by_broadcasting():
    with pytest.raises(compare.NotTheSame, match=r"shape \(3, 8\), PyTorch has \(8, 3\)"):
        compare.same(
            numpy=lambda x, w, b: by_hand(x, w, b).T,
            numpy_grad=by_hand_grad,
            torch=pytorch,
            inputs=INPUTS,
        )
    with pytest.raises(compare.NotTheSame, match=r"gradient of b.*shape \(1, 3\)"):
        compare.same(
            numpy=by_hand,
            numpy_grad=lambda u, **k: by_hand_grad(u, **k) | {"b": u.sum(0, keepdims=True)},
            torch=pytorch,
            inputs=INPUTS,
        )


def test_a_missing_gradient_is_named():
    with pytest.raises(compare.NotTheSame, match="the gradient of NumPy lacks b; it gives x, w"):
        compare.same(
            numpy=by_hand,
            numpy_grad=lambda u, x, w, b: {"x": u @ w, "w": u.T @ x},
            torch=pytorch,
            inputs=INPUTS,
        )


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_never_the_same(bad):
    with pytest.raises(compare.NotTheSame, match="differs"):
        compare.same(
            numpy=lambda x: np.where(x > 1, bad, x),
            numpy_grad=lambda u, x: {"x": u},
            torch=lambda x: x * 1,
            inputs={"x": X},
        )
    with pytest.raises(compare.NotTheSame, match="no finite number"):
        compare.same(numpy=lambda x: x * bad, torch=lambda x: x * bad, inputs={"x": X})


def test_equal_infinities_are_equal():
    mask = np.where(np.eye(4) > 0, 0, -np.inf)
    proof = compare.same(
        numpy=lambda x: x + mask,
        numpy_grad=lambda u, x: {"x": u},
        torch=lambda x: x + torch.from_numpy(mask),
        inputs={"x": X[:4, :4]},
    )
    assert proof.largest == 0


def test_an_infinity_does_not_hide_what_is_wrong_beside_it():
    with pytest.raises(compare.NotTheSame, match=r"output: NumPy differs.*at \[1\]"):
        compare.same(
            numpy=lambda x: np.array([np.inf, 1.001]),
            torch=lambda x: torch.tensor([np.inf, 1.0], dtype=torch.float64),
            inputs={"x": X},
            wrt=(),
        )


def test_large_values_are_compared_relative_to_the_largest():
    proof = compare.same(
        numpy=lambda x: x * 1e12 * (1 + 1e-15),
        numpy_grad=lambda u, x: {"x": u * 1e12},
        torch=lambda x: x * 1e12,
        inputs={"x": X},
    )
    assert proof.largest < 1e-14


@pytest.mark.parametrize("size", [1e-10, 1e-15, 1e-30])
def test_what_is_wrong_and_tiny_is_named(size):
    right = {"torch": lambda x: x * size, "inputs": {"x": X}}
    with pytest.raises(compare.NotTheSame, match="output: NumPy differs from PyTorch by 1 "):
        compare.same(numpy=lambda x: x * size * 2, **right)
    with pytest.raises(compare.NotTheSame, match="gradient of x: NumPy differs.* by 1 "):
        compare.same(numpy=lambda x: x * size, numpy_grad=lambda u, x: {"x": 2 * u * size}, **right)
    proof = compare.same(numpy=lambda x: x * size, **right)
    assert proof.largest < 1e-15


def test_one_tiny_gradient_beside_large_ones_is_compared_by_its_own_size():
    with pytest.raises(compare.NotTheSame, match="gradient of b: NumPy differs"):
        compare.same(
            numpy=lambda x, b: x + 1e-10 * b,
            numpy_grad=lambda u, x, b: {"x": u, "b": 2e-10 * u.sum(0)},
            torch=lambda x, b: x + 1e-10 * b,
            inputs={"x": X[:, :3], "b": B},
        )


@pytest.mark.parametrize("input_size", [1e-12, 1.0, 1e12])
def test_the_size_of_the_input_does_not_hide_a_wrong_gradient(input_size):
    with pytest.raises(compare.NotTheSame, match="gradient of x: NumPy differs"):
        compare.same(
            numpy=lambda x: x / input_size + 1,
            numpy_grad=lambda u, x: {"x": u / input_size * (1 + 1e-8)},
            torch=lambda x: x / input_size + 1,
            inputs={"x": X * input_size},
        )
    with pytest.raises(compare.NotTheSame, match="gradient of x: NumPy differs"):
        compare.same(
            numpy=lambda x: x + 1,
            numpy_grad=lambda u, x: {"x": u * (1 + 1e-8)},
            torch=lambda x: x + 1,
            inputs={"x": X * input_size},
        )


def attention(world, q, k, bias):
    scores = q @ (k + bias).transpose(-1, -2)
    return world.softmax(scores, -1) @ k


ZERO_IN_THEORY = {
    "the shift of a softmax": (
        lambda x, shift: F.softmax(x + shift, -1),
        lambda x, shift: torch.softmax(x + shift, -1),
        {"x": X, "shift": rng.standard_normal((8, 1))},
    ),
    "the sum of a softmax": (
        lambda x: F.softmax(x, -1).sum(-1),
        lambda x: torch.softmax(x, -1).sum(-1),
        {"x": X},
    ),
    "the bias of the keys": (
        lambda q, k, bias: attention(F, q, k, bias),
        lambda q, k, bias: attention(torch, q, k, bias),
        {"q": X, "k": rng.standard_normal((6, 5)), "bias": rng.standard_normal(5)},
    ),
} | {
    f"the bias before batch norm, {note}": (
        lambda x, w, b: F.batch_norm(F.linear(x, w, b), None, None, training=True),
        lambda x, w, b: torch.batch_norm(
            torch.nn.functional.linear(x, w, b), None, None, None, None, True, 0.1, 1e-5, False
        ),
        {"x": np.tile(X, (100, 1)) + rng.standard_normal((800, 5)), "w": W * size, "b": bias},
    )
    for note, size, bias in [("", 1.0, B), ("0", 1.0, 0 * B), ("0, small weights", 1e-2, 0 * B)]
}


@pytest.mark.parametrize("name", ZERO_IN_THEORY)
def test_a_gradient_that_is_zero_but_for_rounding_is_the_same(name):
    ours, theirs, inputs = ZERO_IN_THEORY[name]
    proof = compare.same(numpy=ours, torch=theirs, inputs=inputs)
    assert proof.largest <= 1e-9


def test_a_gradient_that_is_zero_but_for_rounding_is_the_same_even_alone():
    for name in ("the shift of a softmax", "the bias of the keys", "the bias before batch norm, 0"):
        ours, theirs, inputs = ZERO_IN_THEORY[name]
        compare.same(numpy=ours, torch=theirs, inputs=inputs, wrt=list(inputs)[-1])


def test_a_gradient_that_should_be_zero_and_is_not_is_named():
    ours, theirs, inputs = ZERO_IN_THEORY["the shift of a softmax"]
    with pytest.raises(compare.NotTheSame, match="gradient of shift: NumPy differs"):
        compare.same(
            numpy=lambda x, shift: ours(x, shift) + (shift - shift.detach()) * 1e-11,
            torch=theirs,
            inputs=inputs,
        )


def test_an_output_of_zeros_is_compared_too():
    for wrong, alike in ((1e-12, False), (1e-17, True)):
        arguments = {
            "numpy": lambda x, wrong=wrong: x * 0 + wrong,
            "torch": lambda x: x * 0,
            "inputs": {"x": X},
        }
        if alike:
            compare.same(**arguments)
        else:
            with pytest.raises(compare.NotTheSame, match="output: NumPy differs"):
                compare.same(**arguments)


def test_a_wrong_output_is_named_before_its_gradients_are_asked_for():
    def never(upstream, x):
        raise AssertionError("the gradient of another function says nothing")

    for wrong in (lambda x: x[:3], lambda x: x * 3):
        with pytest.raises(compare.NotTheSame, match="output: NumPy"):
            compare.same(numpy=wrong, numpy_grad=never, torch=lambda x: x * 2, inputs={"x": X})
    with pytest.raises(compare.NotTheSame, match=r"output: NumPy has shape \(3, 5\)"):
        compare.same(numpy=lambda x: x[:3] * 2, torch=lambda x: x * 2, inputs={"x": X})


def test_a_detached_torch_function_does_not_pass_as_one_without_gradient():
    with pytest.raises(compare.NotTheSame, match="does not depend differentiably on x"):
        compare.same(
            numpy=lambda x: x * 2,
            numpy_grad=lambda u, x: {"x": 2 * u},
            torch=lambda x: x.detach() * 2,
            inputs={"x": X},
        )


def test_a_detached_scratch_function_is_found():
    with pytest.raises(compare.NotTheSame, match="carries no gradient but PyTorch's does"):
        compare.same(numpy=lambda x: x.detach() * 2, torch=lambda x: x * 2, inputs={"x": X})


def test_the_upstream_gradient_is_drawn_from_the_seed():
    seen = []

    def grad(upstream, x):
        seen.append(upstream.copy())
        return {"x": upstream}

    for seed in (1, 1, 2):
        compare.same(
            numpy=lambda x: x, numpy_grad=grad, torch=lambda x: x * 1, inputs={"x": X}, seed=seed
        )
    seeds = {array.tobytes() for array in seen}
    assert len(seeds) == 2


def test_slow_loops_are_called_once():
    calls = []

    def slow(x):
        calls.append(1)
        time.sleep(0.06)
        return 2 * x

    proof = compare.same(loops=slow, numpy=lambda x: x * 2, torch=lambda x: x * 2, inputs={"x": X})
    assert len(calls) == 1 and proof.seconds["loops"] >= 0.06


def test_the_first_call_of_torch_is_not_its_speed():
    calls = []

    def slow_at_first(x):
        calls.append(1)
        time.sleep(0.3 if len(calls) == 1 else 0)
        return x * 2

    proof = compare.same(numpy=lambda x: x * 2, torch=slow_at_first, inputs={"x": X})
    assert proof.seconds["PyTorch"] < 0.3


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"inputs": [X]}, TypeError, "inputs must be a dict of name -> array"),
        ({"inputs": {}}, TypeError, "inputs must be a dict"),
        ({"inputs": {"x": X * np.nan}}, ValueError, "inputs must be finite"),
        ({"inputs": {"x": np.array(["a"])}}, TypeError, "inputs must hold numbers"),
        ({"inputs": {"x": X}, "wrt": ["y"]}, ValueError, "wrt must name.*got 'y'"),
        ({"inputs": {"x": np.arange(3)}, "wrt": ["x"]}, ValueError, "there are none"),
        ({"inputs": {"x": X}, "tolerance": 0}, ValueError, "tolerance must be above 0"),
        ({"inputs": {"x": X}, "loops_grad": max}, ValueError, "loops_grad was given without"),
        ({"inputs": {"x": X}, "torch": lambda x: (x, x)}, TypeError, "one PyTorch tensor; got tu"),
        ({"inputs": {"x": X}, "numpy": lambda x: None}, TypeError, "does it lack a return"),
        ({"inputs": {"x": X}, "numpy": lambda x: (x, x)}, TypeError, "pick one output"),
        (
            {"inputs": {"x": X}, "numpy_grad": lambda u, x: u, "numpy": lambda x: x * 2},
            TypeError,
            "must return a dict of name -> array",
        ),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    usual = {"numpy": lambda x: x * 2, "torch": lambda x: x * 2}
    with pytest.raises(error, match=message):
        compare.same(**usual | arguments)


def test_the_table_says_who_how_far_and_how_fast():
    proof = compare.same(
        loops=loops,
        numpy=by_hand,
        numpy_grad=by_hand_grad,
        torch=pytorch,
        inputs=INPUTS,
        caption="A layer",
    )
    text = repr(proof)
    assert text.startswith("A layer\nlargest")
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[4:7]] == ["loops", "NumPy", "PyTorch"]
    assert re.search(r"(\d\.\de-1[5-7]|0) +–", lines[4]), "no gradient of the loops was asked"
    assert lines[6].count("reference") == 4
    number = re.fullmatch(
        r"✓ same function, same gradients \(largest difference (\S+) ≤ 1e-9\)", lines[-1]
    )
    assert float(number[1]) == pytest.approx(proof.largest, rel=0.1)
    assert all(len(line.rstrip()) <= len(lines[3]) for line in lines[1:7])


def test_the_html_table_holds_the_same_numbers_as_the_text():
    proof = compare.same(
        loops=loops, numpy=by_hand, numpy_grad=by_hand_grad, torch=pytorch, inputs=INPUTS
    )
    page = proof._repr_html_()
    numbers = re.findall(r"\d\.\de-\d\d", repr(proof))
    assert numbers and all(number in page for number in numbers)
    assert proof.conclusion.split(" (")[0] in page
    assert page.count('scope="row"') == 3 and 'colspan="4"' in page
    assert "overflow-x:auto" in page and "var(--nnb-ink" in page


def test_a_caption_is_escaped():
    proof = compare.same(
        numpy=lambda x: x * 2, torch=lambda x: x * 2, inputs={"x": X}, caption="a < b"
    )
    assert "a &lt; b" in proof._repr_html_()


def test_a_proof_without_torch_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(ModuleNotFoundError, match="PyTorch.*pip install torch"):
        compare.same(numpy=lambda x: x, torch=lambda x: x, inputs={"x": X})


# -- same_training -------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch):
    alts = []

    def show(fig, alt):
        fig.draw_without_rendering()
        alts.append(alt)
        plt.close(fig)

    monkeypatch.setattr(figures, "show", show)
    return alts


def data(n=64):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, 6)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64) + (x[:, 1] > 0)


def twins_in_training(steps=30, lr=0.1, twin_lr=0.1, **arguments):
    from nnbook_utils import twins

    model = models.MLP((6, 8, 3), rng=np.random.default_rng(2))
    twin = twins.MLP((6, 8, 3))
    arguments = {
        "loss": F.cross_entropy,
        "twin_loss": torch.nn.functional.cross_entropy,
        "optimizer": lambda p: optim.SGD(p, lr=lr),
        "twin_optimizer": lambda p: torch.optim.SGD(p, lr=twin_lr),
        "steps": steps,
    } | arguments
    batches = train.batches(*data(), size=16, rng=np.random.default_rng(3))
    return compare.same_training(model, twin, batches, **arguments), model, twin


def test_a_model_and_its_twin_train_alike(shown, capsys):
    proof, model, twin = twins_in_training()
    assert len(proof.losses) == len(proof.twin_losses) == 30
    assert proof.largest < 1e-5 and proof.losses[-1] < proof.losses[0]
    assert proof.largest == np.abs(proof.losses - proof.twin_losses).max()
    assert set(proof.examples_per_second) == {"NumPy", "PyTorch"}
    assert all(value > 0 for value in proof.examples_per_second.values())
    (alt,) = shown
    assert len(alt) > 60 and "30 training steps" in alt
    first, second, third = lines = capsys.readouterr().out.splitlines()
    assert first == "✓ same training over 30 steps"
    assert re.fullmatch(r"largest difference of the losses \S+ ≤ 1e-4", second)
    assert re.fullmatch(r"NumPy \S+ examples/s · PyTorch \S+ examples/s on cpu", third)
    assert max(map(len, lines)) <= 75, "no wider than the book's text"


def test_both_start_from_the_weights_of_the_scratch_model_and_learn(shown):
    _, model, twin = twins_in_training()
    start = models.MLP((6, 8, 3), rng=np.random.default_rng(2)).state_dict()
    for name, value in model.state_dict().items():
        np.testing.assert_allclose(value.data, twin.state_dict()[name].numpy(), atol=1e-5)
        assert np.abs(value.data - start[name].data).max() > 1e-4


def test_another_learning_rate_is_found_and_still_drawn(shown, capsys):
    with pytest.raises(compare.NotTheSame, match=r"loss: NumPy differs.*at step \d+"):
        twins_in_training(twin_lr=0.11)
    assert len(shown) == 1
    assert capsys.readouterr().out.startswith("✗ not the same training")


def test_a_description_of_ones_own_is_used(shown):
    twins_in_training(steps=2, alt="Two curves that fall together, one on the other")
    assert shown == ["Two curves that fall together, one on the other"]


def test_the_same_losses_to_the_last_bit_are_drawn_without_logarithm(shown, recwarn):
    proof = compare.TrainingProof(
        np.ones(3), np.ones(3), {"NumPy": 1.0, "PyTorch": 1.0}, "cpu", 1e-4
    )
    proof.show("Equal", None)
    assert shown and not recwarn.list


def test_models_with_other_parameters_are_refused_before_training(shown):
    from nnbook_utils import twins

    arguments = dict(
        loss=None, twin_loss=None, optimizer=None, twin_optimizer=None, steps=1, batches=[]
    )
    model = models.MLP((6, 8, 3), rng=np.random.default_rng(2))
    with pytest.raises(compare.NotTheSame, match=r"0\.weight has shape \(8, 6\) in the model and"):
        compare.same_training(model, twins.MLP((6, 9, 3)), **arguments)
    with pytest.raises(compare.NotTheSame, match=r"only in the twin: \['4\.bias', '4\.weight'\]"):
        compare.same_training(model, twins.MLP((6, 8, 3, 3)), **arguments)
    with pytest.raises(TypeError, match="twin a PyTorch module"):
        compare.same_training(model, nn.Sequential(*model), **arguments)
    assert not shown


def test_the_proof_is_not_shown_a_second_time_when_it_ends_a_cell(shown, capsys):
    proof, *_ = twins_in_training(steps=2)
    capsys.readouterr()
    assert proof._ipython_display_() is None
    assert capsys.readouterr().out == ""


def test_a_proof_of_many_gradients_has_a_row_for_each():
    inputs = {name: np.arange(1.0, 4.0) for name in "abcde"}
    proof = compare.same(numpy=_sum_of_squares, torch=_sum_of_squares, inputs=inputs)
    lines = repr(proof).splitlines()
    assert lines[0].split() == ["largest", "difference", "NumPy", "PyTorch"]
    assert [line.split()[:4] for line in lines[3:8]] == [
        ["gradient", "of", name, "3"] for name in "abcde"
    ]
    assert max(map(len, lines)) <= 75
    page = proof._repr_html_()
    assert page.count("gradient of") == 5 and page.count("same function, same gradients") == 1


def _sum_of_squares(a, b, c, d, e):
    return a * a + b * b + c * c + d * d + e * e
