"""Measure scratch against PyTorch and other libraries, and write benchmarks/RESULTS.md.

    make bench                              everything, within 20 minutes on two slow cores
    python benchmarks/run.py --only CNN     one row, printed and not written
    python benchmarks/run.py --libraries scratch,torch

Every row runs in a process of its own, in which the libraries take turns. Let nothing else run
meanwhile. Results are written when all of them are there, and only for all rows and libraries.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy
from measure import GROWTH, LEAST_ROUNDS, LIBRARIES
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
MEMORY_GOAL = 2


def measure(*arguments):
    """Run measure.py with these arguments and read what it found."""
    command = [sys.executable, str(HERE / "measure.py"), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{run.stderr[-2000:]}")
    return json.loads(run.stdout.splitlines()[-1])


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure_steps(works, threads, seconds, libraries, before=None):
    """Workload -> what was found. What could not be made ready before is not tried again."""
    found = {}
    for work in works:
        say(f"{threads} thread(s): {work.name}")
        skipped = before[work.name]["left_out"] if before else {}
        wanted = ",".join(library for library in libraries if library not in skipped)
        options = ("--threads", threads, "--seconds", seconds, "--libraries", wanted)
        found[work.name] = measure("step", work.name, *options)
        say(f"    {shown(found[work.name])}")
    return found


def shown(row):
    cells = [f"{name} {cell(entry)}" for name, entry in row["libraries"].items()]
    return "; ".join(cells + [f"{name}: {why}" for name, why in row["left_out"].items()])


def cell(entry):
    """Ratio to torch (quartiles; rounds), or milliseconds where torch was not measured."""
    if entry is None:
        return "–"
    if "ratio" not in entry:
        return f"{1000 * entry['minimum']:.3g} ms (torch was not measured; {entry['rounds']})"
    digits = 2 if entry["ratio"] < 10 else 1
    ratio, low, high = (f"{x:.{digits}f}" for x in (entry["ratio"], *entry["quartiles"]))
    return f"{ratio} ({low}–{high}; {entry['rounds']})"


def step_table(works, found, goal):
    lines = ["| training step | torch, ms | " + " | ".join(NAMES.values()) + " | goal |"]
    lines.append("| --- " * (len(NAMES) + 3) + "|")
    for work in works:
        libraries = found[work.name]["libraries"]
        cells = [cell(libraries.get(name)) for name in NAMES]
        if libraries["scratch"]["ratio"] <= goal(work):
            cells[0] = f"**{cells[0]}**"
        torch = f"{1000 * libraries['torch']['minimum']:.3g} ({libraries['torch']['rounds']})"
        lines.append(f"| {work.name} | {torch} | " + " | ".join(cells) + f" | {goal(work)} |")
    return "\n".join(lines)


def left_out(found):
    """One line for each library that is missing somewhere, with the reason."""
    lines = [
        f"- {NAMES.get(library, library)}, {name}: {reason}"
        for name, row in found.items()
        for library, reason in row["left_out"].items()
    ]
    return "Left out:\n\n" + "\n".join(lines) + "\n\n" if lines else ""


def measure_memory(works):
    """Workload -> library -> MB."""
    if not Path("/proc/self/clear_refs").exists():
        return {}
    found = {}
    for work in works:
        say(f"memory: {work.name}")
        found[work.name] = {
            library: measure("memory", work.name, "--library", library)["bytes"] / 2**20
            for library in ("scratch", "torch")
        }
    return found


def memory_table(found):
    if not found:
        return "Not measured: this needs Linux's /proc/self/clear_refs."
    lines = ["| training step | torch, MB | scratch, MB | ratio |", "| --- | --- | --- | --- |"]
    for name, row in found.items():
        ratio = f"{row['scratch'] / row['torch']:.2f}" if row["torch"] > 1 else "too small to say"
        lines.append(f"| {name} | {row['torch']:.1f} | {row['scratch']:.1f} | {ratio} |")
    return "\n".join(lines)


def measure_growth(seconds):
    found = {}
    for kind in GROWTH:
        say(f"growth with {kind}")
        found[kind] = measure("growth", kind, "--seconds", seconds)
    return found


def growth_figure(found):
    """How step time grows with batch, width and length, as SVG."""
    from matplotlib import pyplot

    from nnbook_utils import figures

    units = {"batch": "examples", "width": "units", "length": "tokens"}
    figure, axes = pyplot.subplots(1, len(found), figsize=(10, 3.6), sharey=True)
    for axis, (kind, growth) in zip(axes, found.items(), strict=True):
        sizes = [point["size"] for point in growth["points"]]
        for library, colour, dash in (
            ("scratch", figures.WEIGHTS, "-"),
            ("torch", figures.DATA, "--"),
        ):
            times = [1000 * point[library] for point in growth["points"]]
            axis.plot(sizes, times, dash, color=colour, marker="o", markersize=4, label=library)
        axis.set(xscale="log", yscale="log", xlabel=f"{kind} ({units[kind]})")
        axis.set_title(growth["workload"].split(",")[0], fontsize=11)
        axis.set_xticks(sizes, sizes)
        axis.minorticks_off()
    for axis in axes:
        figures.label_lines(axis)
    axes[0].set_ylabel("time of a step (ms)")
    text = figures.svg(figure, alt="Time of a training step against batch, width and length")
    pyplot.close(figure)
    return text


def missed(one, two, memory):
    """Workload -> the goals that scratch missed, in words."""
    found = {}
    for work in WORKLOADS:
        goals = found[work.name] = []
        for threads, rows, goal in (("one", one, work.goal), ("two", two, TWO_THREAD_GOAL)):
            libraries = rows[work.name]["libraries"]
            ratio = libraries["scratch"]["ratio"]
            if ratio > goal:
                goals.append(f"{ratio:.2f} of torch's time, {threads} thread(s); goal {goal}")
            for rival in ("autograd", "tinygrad"):
                if rival in libraries and ratio >= libraries[rival]["ratio"]:
                    goals.append(f"slower than {rival}, {threads} thread(s)")
        row = memory.get(work.name)
        if row and row["torch"] > 1 and row["scratch"] > MEMORY_GOAL * row["torch"]:
            ratio = row["scratch"] / row["torch"]
            goals.append(f"{ratio:.2f} of torch's memory; goal {MEMORY_GOAL}")
    return {name: goals for name, goals in found.items() if goals}


def explained(misses, text):
    """The sections of explanations.md for the rows that missed a goal, and for no others."""
    if not misses:
        return "All goals were met in this run."
    introduction, *parts = text.split("\n## ")
    sections = {}
    for section in parts:
        name, _, body = section.partition("\n")
        sections[name.strip()] = body.strip()
    unknown = "Not explained yet."
    introduction = introduction.partition("\n")[2].strip()  # its numbers' machine
    return (
        introduction
        + "\n\n"
        + "\n\n".join(
            f"### {name}\n\nMissed: {'; '.join(goals)}.\n\n{sections.get(name, unknown)}"
            for name, goals in misses.items()
        )
    )


def machine():
    """What it ran on, in one paragraph."""
    import torch

    name = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next((x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")), name)
    packages = []
    for package in ("numpy", "torch", "jax", "jaxlib", "autograd", "tinygrad"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            packages.append(f"no {package}")
    memory = ""
    if hasattr(os, "sysconf"):
        memory = f", {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"
    blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    torch_blas = [x[4:] for x in torch.__config__.show().splitlines() if "Intel(R)" in x]
    return (
        f"{name}, {os.cpu_count()} cores{memory}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {', '.join(packages)}. "
        f"NumPy's BLAS: {blas['name']} {blas['version']}. "
        f"PyTorch's: {'; '.join(torch_blas) or 'see torch.__config__.show()'}. "
        f"{date.today():%Y-%m-%d}."
    )


TEXT = """# How fast is scratch?

Written by `make bench` (`benchmarks/run.py`); numbers are from one run on one machine:
{machine}

A step is forward, loss, backward and Adam on one batch of real data, in float32. All libraries
start from the same weights, and their first three losses must agree with PyTorch's to one part in
10,000 before anything is timed. Then they take turns in one process, pinned to as many cores as
there are threads (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS, MKL_NUM_THREADS and
torch.set_num_threads say the same). In a round each library makes steps for at least 10 ms; its
time is the mean of those steps. A rival that has used up its share of the {seconds:g} seconds of a
row sits out the rounds that are left, after {least} at least.

A cell reads: ratio (quartiles; rounds). The ratio is the library's minimum over its rounds, divided
by PyTorch's (eager, fused Adam); the quartiles are of the ratios of single rounds. Below 1 is
faster than PyTorch; bold is within the goal. PyTorch's column is its minimum (rounds). Goals beside
the column: faster than autograd and tinygrad.

## One thread each

{one}

{missing_one}## Two threads each

{two}

{missing_two}## Memory

What training takes beyond the library itself: weights, optimiser, data and the peak of a step.
The goal is at most {memory_goal} times PyTorch's.

{memory}

## As the work grows

![Step time of scratch and PyTorch against batch, width and length](growth.svg)

One thread each; minimum over the rounds.

## Goals that were missed

{explanations}
"""


def write(files):
    """All files or none: an interrupted run leaves the old results."""
    for path, text in files.items():
        path.with_suffix(".new").write_text(text, "utf8")
    for path in files:
        os.replace(path.with_suffix(".new"), path)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=12, help="of measuring, for each row")
    parser.add_argument("--only", help="one row, named by its beginning; nothing is written")
    parser.add_argument("--libraries", default=",".join(LIBRARIES), help="which; default: all")
    options = parser.parse_args()
    libraries = options.libraries.split(",")
    works = [work for work in WORKLOADS if work.name.startswith(options.only or "")]
    if not works:
        parser.error(f"--only must begin one of {[work.name for work in WORKLOADS]}")
    if unknown := set(libraries) - set(LIBRARIES):
        parser.error(f"--libraries knows {', '.join(LIBRARIES)}, not {', '.join(unknown)}")
    one = measure_steps(works, 1, options.seconds, libraries)
    if options.only or set(libraries) != set(LIBRARIES):
        for name, row in one.items():
            print(f"{name}: {shown(row)}")
        return
    two = measure_steps(works, 2, options.seconds, libraries, before=one)
    for name, row in [*one.items(), *two.items()]:
        if not {"scratch", "torch"} <= row["libraries"].keys():
            raise SystemExit(f"nothing written: scratch or torch is missing in {name}")
    memory, growth = measure_memory(works), measure_growth(options.seconds)
    explanations = (HERE / "explanations.md").read_text("utf8")
    text = TEXT.format(
        machine=machine(),
        seconds=options.seconds,
        least=LEAST_ROUNDS,
        one=step_table(works, one, lambda work: work.goal),
        missing_one=left_out(one),
        two=step_table(works, two, lambda work: TWO_THREAD_GOAL),
        missing_two=left_out(two),
        memory=memory_table(memory),
        memory_goal=MEMORY_GOAL,
        explanations=explained(missed(one, two, memory), explanations),
    )
    write({HERE / "RESULTS.md": text, HERE / "growth.svg": growth_figure(growth)})
    say(f"wrote {HERE / 'RESULTS.md'}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\ninterrupted; nothing was written") from None
