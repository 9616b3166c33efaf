"""The benchmark's arithmetic and its files; the timings themselves are made by `make bench`."""

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(FOLDER))

import measure  # noqa: E402
import run  # noqa: E402


def test_a_library_that_sits_out_counts_its_own_rounds_only():
    times = {"scratch": {0: 1.0, 1: 1.0, 2: 3.0}, "torch": {0: 2.0, 1: 2.0, 2: 2.0}}
    times["slow"] = {0: 8.0, 1: 6.0}
    found = measure.summary(times)
    assert [found[name]["rounds"] for name in ("scratch", "torch", "slow")] == [3, 3, 2]
    assert found["scratch"]["ratio"] == 0.5
    assert found["slow"]["ratio"] == 3
    assert found["slow"]["quartiles"][0] <= 3.5 <= found["slow"]["quartiles"][1]


def test_a_slow_rival_is_never_given_a_time_that_was_not_measured(monkeypatch):
    clock = [0.0]
    taken = {"scratch": 0.02, "torch": 0.01, "slow": 1.0}
    calls = dict.fromkeys(taken, 0)

    def ready(library, work, threads, expected):
        def step():
            clock[0] += taken[library]
            calls[library] += 1

        return step, [1.0]

    monkeypatch.setattr(measure, "ready_step", ready)
    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock[0])
    found = measure.measure_steps(None, 1, 6.0, list(taken))["libraries"]
    assert found["slow"]["rounds"] == calls["slow"] == measure.LEAST_ROUNDS
    assert found["scratch"]["rounds"] == found["torch"]["rounds"] > measure.LEAST_ROUNDS


def test_a_step_of_another_function_is_refused(monkeypatch):
    losses = iter([2.0, 1.9, 1.81])
    monkeypatch.setattr(measure, "make_step", lambda *_: lambda: next(losses))
    with pytest.raises(AssertionError, match="something else"):
        measure.ready_step("rival", None, 1, [2.0, 1.9, 1.8])


def test_without_torch_a_cell_is_milliseconds_and_says_why():
    found = measure.summary({"scratch": {0: 0.002, 1: 0.003}})
    assert run.cell(found["scratch"]) == "2 ms (torch was not measured; 2)"


def test_only_the_rows_that_missed_a_goal_are_explained():
    text = "# Why\n\nOn my machine.\n\n## A\n\nBecause of a.\n\n## B\n\nBecause of b.\n"
    shown = run.explained({"B": ["1.3 of torch's time"], "C": ["2"]}, text)
    assert shown.startswith("On my machine.")
    assert "Because of b." in shown and "Because of a." not in shown
    assert "Not explained yet." in shown
    assert run.explained({}, text) == "All goals were met in this run."


def test_every_explanation_is_of_a_row():
    text = (FOLDER / "explanations.md").read_text("utf8")
    names = {line[3:] for line in text.splitlines() if line.startswith("## ")}
    assert names <= {work.name for work in run.WORKLOADS}


def test_results_are_written_all_or_none(tmp_path):
    old = tmp_path / "RESULTS.md"
    old.write_text("old")
    with pytest.raises(TypeError):
        run.write({old: "new", tmp_path / "growth.svg": None})
    assert old.read_text() == "old"


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--only", "nothing", "begin one of"), ("--libraries", "x", "knows")],
)
def test_options_that_fit_nothing_are_refused_in_words(option, value, said):
    done = subprocess.run(
        [sys.executable, FOLDER / "run.py", option, value], capture_output=True, text=True
    )
    assert done.returncode == 2 and said in done.stderr
