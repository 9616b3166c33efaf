"""Measure scratch against PyTorch and other libraries, and write benchmarks/RESULTS.md.

    make bench                              everything, about half an hour on a quiet machine
    python benchmarks/run.py --seconds 5    the same, rougher
    python benchmarks/run.py --only CNN     one row, printed and not written

Every row runs in a process of its own, in which the libraries take turns; times are minima, the
ratios' spread is that of the turns. Let nothing else run meanwhile.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from measure import GROWTH, LIBRARIES
from workloads import WORKLOADS

HERE = Path(__file__).parent
NAMES = {
    "scratch": "scratch",
    "torch.compile": "torch.compile",
    "jax": "JAX, jit",
    "autograd": "autograd",
    "tinygrad": "tinygrad, JIT",
}
TWO_THREAD_GOAL = 1.8


def measure(*arguments):
    """Run measure.py with these arguments and read what it found."""
    command = [sys.executable, str(HERE / "measure.py"), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def steps(works, threads, seconds, libraries):
    """The table of one number of threads: workload -> what was found."""
    found = {}
    for work in works:
        print(f"{threads} thread(s): {work.name} …", flush=True)
        options = ("--threads", threads, "--seconds", seconds, "--libraries", ",".join(libraries))
        found[work.name] = measure("step", work.name, *options)
        shown = {k: round(v["ratio"], 2) for k, v in found[work.name]["libraries"].items()}
        print(f"    {shown} {found[work.name]['left_out'] or ''}", flush=True)
    return found


def cell(entry):
    if entry is None:
        return "–"
    low, high = entry["quartiles"]
    digits = 2 if entry["ratio"] < 10 else 1
    return f"{entry['ratio']:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def step_table(works, found, goal):
    lines = ["| training step | torch, ms | " + " | ".join(NAMES.values()) + " | goal |"]
    lines.append("| --- " * (len(NAMES) + 3) + "|")
    for work in works:
        libraries = found[work.name]["libraries"]
        cells = [cell(libraries.get(name)) for name in NAMES]
        wanted = goal(work)
        if libraries["scratch"]["ratio"] <= wanted:
            cells[0] = f"**{cells[0]}**"
        milliseconds = 1000 * libraries["torch"]["minimum"]
        lines.append(
            f"| {work.name} | {milliseconds:.{2 if milliseconds < 10 else 0}f} | "
            + " | ".join(cells)
            + f" | {wanted} |"
        )
    return "\n".join(lines)


def left_out(tables):
    """One line for each library that is missing somewhere, with the reason."""
    reasons = {}
    for found in tables:
        for name, row in found.items():
            for library, reason in row["left_out"].items():
                reasons.setdefault((NAMES.get(library, library), reason), set()).add(name)
    return "\n".join(
        f"- {library}: {reason} ({'; '.join(sorted(rows))})."
        for (library, reason), rows in sorted(reasons.items())
    )


def memory_table(works):
    lines = ["| training step | torch, MB | scratch, MB | ratio |", "| --- | --- | --- | --- |"]
    for work in works:
        print(f"memory: {work.name} …", flush=True)
        ours, theirs = (
            measure("memory", work.name, "--library", library)["bytes"] / 2**20
            for library in ("scratch", "torch")
        )
        ratio = f"{ours / theirs:.2f}" if theirs > 1 else "too small to say"
        lines.append(f"| {work.name} | {theirs:.1f} | {ours:.1f} | {ratio} |")
    return "\n".join(lines)


def growth_figure(seconds):
    """Draw how step time grows with batch, width and length; returns the text below the figure."""
    from matplotlib import pyplot

    from nnbook_utils import figures

    figure, axes = pyplot.subplots(1, len(GROWTH), figsize=(10, 3.2), sharey=True)
    for axis, kind in zip(axes, GROWTH, strict=True):
        print(f"growth with {kind} …", flush=True)
        found = measure("growth", kind, "--seconds", seconds)
        sizes = [point["size"] for point in found["points"]]
        for library, colour, dash in (
            ("scratch", figures.WEIGHTS, "-"),
            ("torch", figures.DATA, "--"),
        ):
            times = [1000 * point[library] for point in found["points"]]
            axis.plot(sizes, times, dash, color=colour, marker="o", markersize=4, label=library)
        axis.set(xscale="log", yscale="log", xlabel=f"{kind} ({found['workload'].split(',')[0]})")
        axis.set_xticks(sizes, sizes)
        axis.minorticks_off()
        figures.label_lines(axis)
    axes[0].set_ylabel("ms a step")
    (HERE / "growth.svg").write_text(figures.svg(figure))
    pyplot.close(figure)


def machine():
    """What it ran on, in one paragraph."""
    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), name)
    packages = []
    for package in ("numpy", "torch", "jax", "autograd", "tinygrad"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            packages.append(f"no {package}")
    memory = ""
    if hasattr(os, "sysconf"):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    return (
        f"{name}, {os.cpu_count()} cores{memory}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {', '.join(packages)}. {date.today():%Y-%m-%d}."
    )


TEXT = """# How fast is scratch?

Written by `make bench` (`benchmarks/run.py`); numbers are from one run on one machine:
{machine}

A step is forward, loss, backward and Adam on one batch of real data. All libraries start from the
same weights, and their first three losses must agree before anything is timed. They take turns in
one process, pinned to as many cores as there are threads. A cell is the library's fastest step
over PyTorch's fastest step (eager, fused Adam), and in brackets the quartiles of that ratio over
the turns. Below 1 is faster than PyTorch; bold is within the goal.

## One thread each

{one}

## Two threads each

{two}

{missing}
## Memory

What training takes beyond the library itself: weights, optimiser, data and the peak of a step.
The goal is at most twice PyTorch's.

{memory}

## As the work grows

![Step time of scratch and PyTorch against batch, width and length, one thread each](growth.svg)

{explanations}"""


def write(path, text):
    """All of it or nothing: an interrupted run leaves the old results."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        file.write(text)
    os.replace(file.name, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=40, help="of measuring, for each row")
    parser.add_argument("--only", help="one row, named by its beginning; nothing is written")
    parser.add_argument("--libraries", default=",".join(LIBRARIES))
    options = parser.parse_args()
    libraries = options.libraries.split(",")
    if options.only:
        works = [work for work in WORKLOADS if work.name.startswith(options.only)]
        if not works:
            raise SystemExit(f"--only must begin one of {[work.name for work in WORKLOADS]}")
        steps(works, 1, options.seconds, libraries)
        return
    one = steps(WORKLOADS, 1, options.seconds, libraries)
    two = steps(WORKLOADS, min(2, os.cpu_count()), options.seconds, libraries)
    growth_figure(options.seconds)
    explanations = HERE / "explanations.md"
    missing = left_out((one, two))
    text = TEXT.format(
        machine=machine(),
        one=step_table(WORKLOADS, one, lambda work: work.goal),
        two=step_table(WORKLOADS, two, lambda work: TWO_THREAD_GOAL),
        missing=f"Left out:\n\n{missing}\n" if missing else "",
        memory=memory_table(WORKLOADS),
        explanations=explanations.read_text() if explanations.exists() else "",
    )
    write(HERE / "RESULTS.md", text)
    print(f"wrote {HERE / 'RESULTS.md'}")


if __name__ == "__main__":
    main()
