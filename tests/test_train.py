import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from nnbook_utils import train
from nnbook_utils._checkpoint import load, save
from nnbook_utils.scratch import Tensor, models, nn, optim
from nnbook_utils.scratch import functional as F


def data(n=40):
    rng = np.random.default_rng(1)
    x = rng.standard_normal((n, 6)).astype(np.float32)
    return x, (x[:, 0] > 0).astype(np.int64)


def scratch_model(seed=0):
    return models.MLP((6, 8, 2), rng=np.random.default_rng(seed))


def fit(model=None, steps=20, seed=3, lr=0.1, **arguments):
    model = model or scratch_model()
    arguments = {
        "loss": F.cross_entropy,
        "optimizer": lambda parameters: optim.SGD(parameters, lr=lr),
        "steps": steps,
        "progress": False,
    } | arguments
    batches = arguments.pop("batches", None) or train.batches(
        *data(), size=8, rng=np.random.default_rng(seed)
    )
    return train.fit(model, batches, **arguments)


# -- the loop ------------------------------------------------------------------------------------


def test_training_lowers_the_loss_and_counts_what_it_did():
    history = fit(steps=60)
    assert history.steps == len(history.losses) == 60
    assert history.examples == 60 * 8
    assert np.mean(history.losses[-10:]) < 0.7 * np.mean(history.losses[:10])
    assert history.seconds > 0
    assert history.examples_per_second == history.examples / history.seconds
    assert not history.interrupted


def test_each_step_is_one_step_of_gradient_descent():
    x, y = data()
    model, by_hand = scratch_model(), scratch_model()
    fit(model, steps=2, batches=[(x, y)])
    for _ in range(2):
        by_hand.zero_grad()
        F.cross_entropy(by_hand(Tensor(x)), y).backward()
        for parameter in by_hand.parameters():
            parameter.data = parameter.data - np.float32(0.1) * parameter.grad
    for ours, theirs in zip(model.parameters(), by_hand.parameters(), strict=True):
        np.testing.assert_allclose(ours.data, theirs.data, rtol=1e-6)


def test_a_run_is_the_same_twice():
    assert fit().losses == fit().losses != fit(seed=4).losses


def test_evaluation_happens_when_asked_and_at_the_end_without_gradients():
    seen = []

    def accuracy(model):
        x, y = data()
        out = model(Tensor(x))
        seen.append((model.training, out.requires_grad))
        return np.mean(out.data.argmax(1) == y)

    model = scratch_model()
    history = fit(model, steps=25, evaluate=accuracy, evaluate_every=10)
    assert history.metrics["step"] == [10, 20, 25]
    assert len(history.metrics["accuracy"]) == 3
    assert all(type(value) is float for value in history.metrics["accuracy"])
    assert seen == [(False, False)] * 3
    assert model.training, "and training goes on in training mode"


def test_evaluation_may_name_several_numbers():
    history = fit(steps=2, evaluate=lambda model: {"error": 0.5, "margin": 2})
    assert history.metrics == {"step": [2], "error": [0.5], "margin": [2]}


def test_a_list_of_batches_starts_anew_until_the_steps_are_made():
    x, y = data()
    history = fit(steps=7, batches=[(x[:8], y[:8]), (x[8:12], y[8:12])])
    assert history.examples == 8 + 4 + 8 + 4 + 8 + 4 + 8


def test_a_generator_that_runs_dry_says_so():
    x, y = data()
    with pytest.raises(ValueError, match="batches ran out after 3 of 20 steps"):
        fit(batches=((x, y) for _ in range(3)))


def test_before_step_and_scheduler_are_called_every_step():
    norms, rates = [], []

    class Halving:
        def __init__(self, optimizer):
            self.optimizer = optimizer

        def step(self):
            self.optimizer.lr /= 2
            rates.append(self.optimizer.lr)

    model = scratch_model()
    optimizer = optim.SGD(model.parameters(), lr=0.8)
    fit(
        model,
        steps=3,
        optimizer=optimizer,
        scheduler=Halving(optimizer),
        before_step=lambda m: norms.append(sum((p.grad**2).sum() for p in m.parameters())),
    )
    assert rates == [0.4, 0.2, 0.1]
    assert len(norms) == 3 and min(norms) > 0


def test_double_precision_data_does_not_leak_into_a_single_precision_model():
    x, y = data()
    model = scratch_model()
    seen = []

    def loss(out, target):
        seen.append((out.dtype, target.dtype))
        return F.cross_entropy(out, target)

    fit(model, steps=1, batches=[(x.astype(np.float64), y)], loss=loss)
    assert seen == [(np.float32, np.int64)]


def test_a_model_of_two_inputs_gets_both():
    class Sum(models.MLP):
        def forward(self, a, b):
            return super().forward(a + b)

    x, y = data()
    history = fit(Sum((6, 2), rng=np.random.default_rng(0)), batches=[((x, x), y)], steps=2)
    assert history.examples == 80


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"steps": 0}, ValueError, "steps must be a whole number, at least 1; got 0"),
        ({"steps": 2.5}, ValueError, "steps must be a whole number"),
        ({"evaluate_every": 0}, ValueError, "evaluate_every must be"),
        ({"optimizer": 0.1}, TypeError, "optimizer must be an optimiser"),
        ({"optimizer": lambda p: None}, TypeError, "optimizer must be an optimiser"),
        ({"model": print}, TypeError, "model must be a Module"),
        ({"device": "cuda"}, ValueError, "a model in NumPy runs on the CPU; got device='cuda'"),
        ({"autocast": True}, ValueError, "autocast is for PyTorch models"),
        ({"batches": [np.ones((2, 6))]}, TypeError, r"batches must give pairs \(x, y\)"),
        ({"batches": [(1, 2, 3)]}, TypeError, "got tuple of 3"),
    ],
)
def test_bad_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        fit(**arguments)


# -- when it goes wrong --------------------------------------------------------------------------


def test_a_loss_that_is_not_finite_names_the_step_and_what_to_try():
    x, y = data()
    spoiled = x.copy()
    spoiled[3, 2] = np.nan
    with pytest.raises(train.LossNotFinite, match=r"nan at step 3 \(the one before was .*smaller"):
        fit(batches=[(x, y), (x, y), (spoiled, y)])
    with pytest.raises(train.LossNotFinite, match=r"step 1 \(it is the first one\): look for NaN"):
        fit(batches=[(spoiled, y)])


def test_the_weights_stay_as_they_were_before_a_loss_that_is_not_finite():
    x, y = data()
    model = scratch_model()
    with pytest.raises(train.LossNotFinite) as caught:
        fit(model, batches=[(x, y), (x * np.float32(np.nan), y)])
    assert all(np.isfinite(p.data).all() for p in model.parameters())
    assert caught.value.history.steps == 1


def test_running_out_of_memory_says_what_to_try():
    def loss(out, target):
        raise MemoryError("Unable to allocate 12 GiB")

    with pytest.raises(MemoryError, match="out of memory at step 1: try batches of 4 instead of 8"):
        fit(loss=loss)


def test_other_errors_come_through_unchanged():
    def loss(out, target):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="^mine$"):
        fit(loss=loss)


# -- stopping and going on -----------------------------------------------------------------------


def test_an_interrupt_ends_training_after_the_current_step():
    def stop(model):
        if len(calls) == 4:
            os.kill(os.getpid(), signal.SIGINT)
        calls.append(1)

    calls = []
    history = fit(before_step=stop)
    assert history.interrupted and history.steps == len(calls) == 5
    assert "interrupted after 5 of 20 steps" in history.summary(20)


def test_the_second_interrupt_stops_at_once():
    def stop(model):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    history = fit(before_step=stop)
    assert history.interrupted and history.steps == 0


def test_the_usual_handler_of_interrupts_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    fit(steps=1)
    with pytest.raises(ValueError):
        fit(batches=((x, x) for x in []))
    assert signal.getsignal(signal.SIGINT) is before


def test_it_runs_in_a_thread_too():
    found = []
    thread = threading.Thread(target=lambda: found.append(fit(steps=2)))
    thread.start()
    thread.join()
    assert found[0].steps == 2


def test_a_keyboard_interrupt_in_the_middle_keeps_the_history():
    x, y = data()

    def stream():
        yield x, y
        yield x, y
        raise KeyboardInterrupt

    history = fit(batches=stream())
    assert history.interrupted and history.steps == 2


# -- batches -------------------------------------------------------------------------------------


def test_a_pass_gives_each_example_once():
    x = np.arange(12)
    batches = iter(train.batches(x, x * 10, size=4, rng=np.random.default_rng(0)))
    first, second = ([next(batches) for _ in range(3)] for _ in range(2))
    for one_pass in (first, second):
        seen = np.concatenate([a for a, _ in one_pass])
        assert sorted(seen) == list(range(12))
        for a, b in one_pass:
            np.testing.assert_array_equal(a * 10, b)
    assert not np.array_equal(np.concatenate([a for a, _ in first]), np.arange(12))
    assert not np.array_equal(first[0][0], second[0][0])


def test_batches_end_after_their_steps_and_start_anew():
    x = np.arange(10)
    batches = train.batches(x, x, size=3, rng=np.random.default_rng(0), steps=5)
    assert len(list(batches)) == len(list(batches)) == 5


def test_batches_all_have_the_asked_size():
    x = np.arange(10)
    batches = train.batches(x, x, size=4, rng=np.random.default_rng(0), steps=9)
    assert [len(a) for a, _ in batches] == [4] * 9


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y": np.zeros(3)}, ValueError, "one row for each example; got 5 and 3 rows"),
        ({"size": 6}, ValueError, "size must be at most the number of examples, 5; got 6"),
        ({"size": 0}, ValueError, "size must be a whole number, at least 1; got 0"),
        ({"x": [], "y": []}, ValueError, "the data is empty"),
        ({"rng": 0}, TypeError, "rng must be a numpy Generator.*got int"),
        ({"steps": -1}, ValueError, "steps must be"),
    ],
)
def test_bad_batches_are_named(arguments, error, message):
    usual = {"x": np.zeros(5), "y": np.zeros(5), "size": 2, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=message):
        train.batches(**usual | arguments)


# -- checkpoints ---------------------------------------------------------------------------------


def scratch_run(steps, checkpoint=None, optimizer=optim.Adam, **arguments):
    """A run that draws from one generator for the order of the data and for noise."""
    rng = np.random.default_rng(7)

    def noisy(model):
        for parameter in model.parameters():
            parameter.grad += rng.normal(0, 0.01, parameter.shape).astype(np.float32)

    model = scratch_model()
    history = train.fit(
        model,
        train.batches(*data(), size=16, rng=rng),
        loss=F.cross_entropy,
        optimizer=lambda parameters: optimizer(parameters, lr=0.01),
        steps=steps,
        before_step=noisy,
        progress=False,
        checkpoint=checkpoint,
        rng=rng,
        **arguments,
    )
    return history, {name: value.data.copy() for name, value in model.state_dict().items()}


def assert_same_run(one, other):
    assert one[0].losses == other[0].losses
    assert one[0].examples == other[0].examples
    for name in one[1]:
        assert one[1][name].tobytes() == other[1][name].tobytes(), name


@pytest.mark.parametrize("stop", [1, 2, 13])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(tmp_path, stop):
    file = tmp_path / "run.npz"
    scratch_run(stop, file)
    assert_same_run(scratch_run(30, file), scratch_run(30))


def test_an_interrupted_run_goes_on_where_it_stopped(tmp_path):
    file = tmp_path / "run.npz"

    def stop(model):
        if len(calls) == 6:
            os.kill(os.getpid(), signal.SIGINT)
        calls.append(1)
        return 0.0

    calls = []
    history, _ = scratch_run(30, file, evaluate=stop, evaluate_every=1)
    assert history.interrupted and history.steps == 7
    assert_same_run(scratch_run(30, file), scratch_run(30))


def test_a_run_killed_between_checkpoints_goes_on_from_the_last_one(tmp_path):
    file = tmp_path / "run.npz"

    def crash(model):
        if len(calls) == 11:
            raise ZeroDivisionError
        calls.append(1)
        return 0.0

    calls = []
    with pytest.raises(ZeroDivisionError):
        scratch_run(30, file, evaluate=crash, evaluate_every=1, checkpoint_every=5)
    assert len(load(file)["history"]["losses"]) == 10
    assert_same_run(scratch_run(30, file), scratch_run(30))


def test_metrics_survive_a_checkpoint(tmp_path):
    file = tmp_path / "run.npz"
    ask = {"evaluate": lambda model: {"score": 1.5}, "evaluate_every": 4}
    scratch_run(9, file, **ask)
    history, _ = scratch_run(12, file, **ask)
    assert history.metrics == {"step": [4, 8, 9, 12], "score": [1.5] * 4}


def test_batches_without_a_state_are_skipped_up_to_the_place(tmp_path):
    x, y = data()

    def run(steps, checkpoint=None):
        stream = ((x[i % 30 : i % 30 + 8], y[i % 30 : i % 30 + 8]) for i in range(100))
        return fit(batches=stream, steps=steps, checkpoint=checkpoint).losses

    run(9, tmp_path / "run.npz")
    assert run(25, tmp_path / "run.npz") == run(25)


def test_a_finished_run_does_nothing_more(tmp_path):
    file = tmp_path / "run.npz"
    first, weights = scratch_run(5, file)
    again, same = scratch_run(5, file)
    assert again.losses == first.losses
    assert all((weights[name] == same[name]).all() for name in weights)


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    file = tmp_path / "run.npz"
    fit(steps=2, checkpoint=file)
    other = models.MLP((6, 9, 2), rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"run\.npz belongs to another model.*delete it"):
        fit(other, steps=2, checkpoint=file)


def state_of(model, optimizer, batches, rng):
    """All that a run changes, as bytes."""
    arrays = {name: value.data.tobytes() for name, value in model.state_dict().items()}
    memory = optimizer.state_dict()
    memory["memory"] = {name: array.tobytes() for name, array in memory["memory"].items()}
    place = batches.state_dict()
    place["order"] = place["order"].tolist()
    return repr((arrays, memory, place, rng.bit_generator.state))


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": optim.SGD},
        {"optimizer": optim.AdamW},
        {"sizes": (6, 9, 2)},
        {"examples": 30},
        {"rng": None},
        {"scheduler": True},
    ],
    ids=str,
)
def test_a_checkpoint_of_another_run_is_refused_and_changes_nothing(tmp_path, change):
    def run(optimizer=optim.Adam, sizes=(6, 8, 2), examples=40, scheduler=False, **options):
        rng = np.random.default_rng(7)
        model = models.MLP(sizes, rng=np.random.default_rng(len(change)))
        chosen = optimizer(model.parameters(), lr=0.01)
        batches = train.batches(*data(examples), size=16, rng=rng)
        before = state_of(model, chosen, batches, rng)
        try:
            fit(
                model,
                batches=batches,
                steps=3,
                optimizer=chosen,
                scheduler=optim.lr_scheduler.StepLR(chosen, 1) if scheduler else None,
                checkpoint=tmp_path / "run.npz",
                **{"rng": rng} | options,
            )
        finally:
            changed.append(state_of(model, chosen, batches, rng) != before)

    changed = []
    run()
    content = (tmp_path / "run.npz").read_bytes()
    with pytest.raises(ValueError, match=r"run\.npz belongs to another model, optimiser or data"):
        run(**change)
    assert changed == [True, False]
    assert (tmp_path / "run.npz").read_bytes() == content


def test_what_the_checkpoint_holds_is_named(tmp_path):
    scratch_run(2, tmp_path / "run.npz", optimizer=optim.Adam)
    with pytest.raises(ValueError, match=r"holds optimizer Adam, .*; here are optimizer AdamW, "):
        scratch_run(3, tmp_path / "run.npz", optimizer=optim.AdamW)


def test_a_resumed_run_with_dropout_equals_an_uninterrupted_one_bit_for_bit(tmp_path):
    def run(steps, checkpoint=None):
        rng, own = np.random.default_rng(7), np.random.default_rng(8)
        model = nn.Sequential(
            nn.Linear(6, 8, rng=rng), nn.Dropout(0.5, rng=rng), nn.Linear(8, 8, rng=rng),
            nn.Sequential(nn.Dropout(0.3, rng=own)), nn.Linear(8, 2, rng=rng),
        )  # fmt: skip
        batches = train.batches(*data(), size=16, rng=np.random.default_rng(9))
        history = fit(model, batches=batches, steps=steps, checkpoint=checkpoint)
        return history, {name: value.data.copy() for name, value in model.state_dict().items()}

    file = tmp_path / "run.npz"
    run(5, file)
    assert_same_run(run(20, file), run(20))


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flip"])
def test_a_damaged_checkpoint_is_refused_in_one_sentence(tmp_path, damage):
    file = tmp_path / "run.npz"
    fit(steps=2, checkpoint=file)
    good = file.read_bytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 255
    bad = {"cut": good[:-100], "empty": b"", "text": b"hello", "flip": bytes(flipped)}[damage]
    file.write_bytes(bad)
    with pytest.raises(ValueError, match=r"the checkpoint run\.npz is damaged or not one of ours"):
        fit(steps=3, checkpoint=file)
    assert file.read_bytes() == bad, "and it is not written over"


def test_a_missing_folder_shows_before_the_first_step(tmp_path):
    calls = []
    with pytest.raises(FileNotFoundError, match="the folder of the checkpoint.*make it first"):
        fit(checkpoint=tmp_path / "no" / "run.npz", before_step=calls.append)
    assert not calls


def test_a_write_that_fails_leaves_the_old_checkpoint_and_no_litter(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    save(file, {"step": 1})

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="No space left"):
        save(file, {"step": 2})
    assert load(file) == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_what_is_saved_comes_back_exactly(tmp_path):
    file = tmp_path / "state.npz"
    state = {
        "weights": np.array([0.1, -0.0, 1e-45], np.float32),
        3: [1, 2.5, None, True, "text", (1, 2)],
        "nested": {"empty": {}, "big": 2**127 + 1, "float": 0.1 + 0.2},
        "zero": np.array(7),
    }
    save(file, state)
    found = load(file)
    assert found["weights"].tobytes() == state["weights"].tobytes()
    assert found[3] == state[3] and found["nested"] == state["nested"]
    assert found["zero"].shape == () and found["zero"] == 7


def test_nothing_is_pickled(tmp_path):
    file = tmp_path / "state.npz"
    with pytest.raises(TypeError, match="only arrays and numbers"):
        save(file, {"thing": object()})
    assert not list(tmp_path.iterdir())
    np.savez(file, tree=np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="damaged or not one of ours"):
        load(file)


def test_an_optimiser_without_a_state_is_named(tmp_path):
    class Plain:
        def zero_grad(self): ...
        def step(self): ...

    with pytest.raises(TypeError, match=r"needs optimizer\.state_dict.*Plain lacks"):
        fit(optimizer=Plain(), checkpoint=tmp_path / "run.npz")


# -- what is shown -------------------------------------------------------------------------------


def test_without_a_terminal_the_run_and_its_metrics_are_printed(capsys):
    fit(steps=5, progress=True, evaluate=lambda model: {"accuracy": 0.5})
    out, err = capsys.readouterr()
    assert err == ""
    run, metrics = out.splitlines()
    assert run.startswith("5 steps in ") and run.endswith(" examples/s")
    assert metrics == "accuracy 0.5"


def test_many_metrics_stay_within_the_width_of_a_page():
    names = [f"{kind} {what}" for kind in ("training", "validation") for what in ("loss", "right")]
    history = train.History([2.3, 5.4e-4] * 1250, {name: [0.123456] for name in names}, 9.99, 10**6)
    lines = history.summary().splitlines()
    assert len(lines) == 3 and max(map(len, lines)) <= 75
    assert all(any(f"{name} 0.1235" in line for line in lines) for name in names)


def test_no_progress_prints_nothing(capsys):
    fit(steps=2, progress=False)
    assert capsys.readouterr() == ("", "")


def test_a_notebook_stores_one_line(monkeypatch):
    from nnbook_utils import _progress

    stored = []  # what the notebook's output holds, as display and update_display leave it

    class Handle:
        def update(self, bundle, raw):
            assert raw
            stored[-1] = bundle["text/plain"]

    def display(bundle, raw, display_id):
        stored.append(bundle["text/plain"])
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(_progress, "_in_notebook", lambda: True)
    fit(steps=5, progress=True)
    (line,) = stored
    assert line.startswith("5 steps in ")


@pytest.mark.notebook
def test_a_real_kernel_stores_one_line():
    nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
    client = pytest.importorskip("nbclient", reason="nbclient is not installed")
    code = (
        "import sys; sys.path.insert(0, 'tests'); import test_train as t\n"
        "history = t.fit(steps=300, progress=True)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    root = Path(__file__).parent.parent
    client.NotebookClient(notebook, resources={"metadata": {"path": str(root)}}).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert list(output.data) == ["text/plain"]
    assert output.data["text/plain"].startswith("300 steps in ")


@pytest.mark.notebook
def test_the_stop_button_of_a_notebook_ends_training_without_an_error():
    manager = pytest.importorskip("jupyter_client.manager", reason="jupyter_client is missing")
    root = Path(__file__).parent.parent
    kernel, client = manager.start_new_kernel(kernel_name="python3", cwd=str(root))
    try:
        client.execute_interactive(
            "import sys; sys.path.insert(0, 'tests'); import test_train as t"
        )
        messages = []

        def watch(message):
            messages.append(message)
            if message["msg_type"] == "stream" and "going" in message["content"]["text"]:
                kernel.interrupt_kernel()

        code = (
            "def tell(model):\n    print('going', flush=True)\n    return 0.0\n"
            "h = t.fit(steps=10**5, evaluate=tell, evaluate_every=200)\n"
            "print(h.interrupted, 200 <= h.steps < 10**5)"
        )
        reply = client.execute_interactive(code, output_hook=watch)
        assert reply["content"]["status"] == "ok"
        printed = "".join(m["content"].get("text", "") for m in messages)
        assert printed.splitlines()[-1] == "True True"
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


@pytest.mark.parametrize("terminal", [True, False])
def test_a_terminal_is_left_with_one_line(terminal):
    code = (
        "import sys; sys.path.insert(0, 'tests'); import test_train as t\n"
        f"sys.stderr.isatty = lambda: {terminal}\n"
        "t.fit(steps=40, progress=True)"
    )
    root = Path(__file__).parent.parent
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=True)
    assert len(run.stdout.decode().splitlines()) == 1
    err = run.stderr.decode()
    assert "\n" not in err, "the bar is drawn on one line"
    if terminal:
        assert "training" in err and err.split("\r")[-1].strip() == "", "and wiped"
    else:
        assert err == ""


def test_track_goes_through_all_and_leaves_one_line(capsys):
    assert list(train.track([3, 1, 2], "learning", unit="rounds")) == [3, 1, 2]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("learning: 3 rounds in ")


def test_a_tracked_loop_that_is_left_early_says_so(capsys):
    def search():
        for item in train.track(range(5)):
            if item == 2:
                return item

    assert search() == 2
    assert capsys.readouterr().out.startswith("training: stopped after 2 of 5 steps in ")


def test_the_history_prints_as_one_line():
    text = repr(fit(steps=3))
    assert text.startswith("History(3 steps in ") and "\n" not in text
    assert repr(train.History()) == "History(no step was made)"


def test_a_history_can_be_written_as_json():
    json.dumps(fit(steps=2, evaluate=lambda model: np.float32(0.5)).metrics)


def test_a_loop_written_by_hand_can_be_tracked(capsys):
    seen = list(train.track([3, 1, 2], "counting", unit="numbers"))
    assert seen == [3, 1, 2]
    assert capsys.readouterr().out.startswith("counting: 3 numbers in ")
