"""One measurement in a process of its own; run.py starts these and collects what they print.

python benchmarks/measure.py step "GPT d 64" --threads 1 --seconds 40
python benchmarks/measure.py memory "GPT d 64" --library torch
python benchmarks/measure.py growth batch --threads 1
"""

import argparse
import gc
import json
import os
import signal
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

COMPILE_LIMIT = 60  # seconds; a library that takes longer to get ready is left out
LEAST_ROUNDS = 5
LIBRARIES = ("scratch", "torch", "torch.compile", "jax", "autograd", "tinygrad")


def keep_to(threads):
    """Make every library use this many threads, on as many cores where the system can say so."""
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB"):
        os.environ[f"{name}_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "passive"
    os.environ["DEV"] = "CPU"  # tinygrad
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))[-threads:]
        os.sched_setaffinity(0, cores)


def make_step(library, work, threads):
    """The function that makes one training step; raises when the library is not there."""
    import workloads

    if library == "scratch":
        return workloads.scratch_step(work)
    if library.startswith("torch"):
        import torch

        torch.set_num_threads(threads)
        return workloads.torch_step(work, compiled=library == "torch.compile")
    import rivals

    return rivals.RIVALS[library](work)


def ready_step(library, work, threads, expected):
    """A step that has warmed up, after its first losses were compared with PyTorch's."""
    step = make_step(library, work, threads)
    losses = [step() for _ in range(3)]
    for wanted, loss in zip(expected or losses, losses, strict=True):
        if not abs(wanted - loss) <= 1e-4 * abs(wanted):
            raise AssertionError(f"computes something else: losses {losses}, not {expected}")
    return step, losses


class TooLong(Exception):
    """Raised by the alarm."""


def too_long(*_):
    raise TooLong(f"more than {COMPILE_LIMIT} s to compile")


def measure_steps(work, threads, seconds, libraries):
    """All libraries in turn, again and again, so that a busy moment hits all of them alike."""
    steps, left_out, expected = {}, {}, None
    for library in sorted(libraries, key=lambda name: name != "torch"):
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, too_long)
            signal.alarm(COMPILE_LIMIT)
        try:
            steps[library], losses = ready_step(library, work, threads, expected)
            expected = expected or losses
        except ModuleNotFoundError as error:
            left_out[library] = f"{error.name} is not installed"
        except Exception as error:  # a rival that fails must not take the others with it
            left_out[library] = f"{type(error).__name__}: {str(error)[:200]}".splitlines()[0]
        finally:
            if hasattr(signal, "SIGALRM"):
                signal.alarm(0)
    # a rival that has used up its share of the time sits out; the others go on
    order = [library for library in libraries if library in steps]
    share = seconds / max(len(order), 1)
    times = {library: {} for library in order}  # round -> seconds a step
    spent = dict.fromkeys(order, 0.0)
    end = time.perf_counter() + seconds
    turn = 0
    while order and (turn < LEAST_ROUNDS or time.perf_counter() < end):
        for library in order:
            rival = library not in ("scratch", "torch")
            if rival and turn >= LEAST_ROUNDS and spent[library] > share:
                continue
            start, count = time.perf_counter(), 0
            while count == 0 or time.perf_counter() - start < 0.01:
                steps[library]()
                count += 1
            taken = time.perf_counter() - start
            spent[library] += taken
            times[library][turn] = taken / count
        turn += 1
    return {"left_out": left_out, "libraries": summary(times)}


def summary(times):
    """Minimum over a library's own rounds; its ratio to PyTorch's minimum, and the quartiles of
    the ratios of the rounds that it shared with PyTorch."""
    result = {}
    torch = times.get("torch")
    for library, rounds in times.items():
        result[library] = {"minimum": min(rounds.values()), "rounds": len(rounds)}
        if torch:
            ratios = [seconds / torch[turn] for turn, seconds in rounds.items()]
            result[library]["ratio"] = min(rounds.values()) / min(torch.values())
            result[library]["quartiles"] = statistics.quantiles(ratios, n=4)[::2]
    return result


def measure_memory(work, library):
    """Bytes that training takes beyond the library itself: weights, optimiser, data and a step."""
    import workloads

    small = make_step(library, workloads.grown(work, batch=2, width=16), 1)
    small()  # so that the library has loaded and set up all that it needs
    del small
    gc.collect()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # start the high-water mark again
    step = make_step(library, work, 1)
    for _ in range(3):
        step()
    return {"bytes": memory("VmHWM") - before}


def memory(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {field}")


GROWTH = {
    "batch": ("MLP 784-256", "batch", (8, 32, 128, 512, 2048)),
    "width": ("MLP 784-256", "width", (16, 64, 256, 1024)),
    "length": ("GPT d 64", "length", (16, 32, 64, 128, 256)),
}


def measure_growth(kind, threads, seconds):
    """Step time of scratch and of PyTorch as one size grows."""
    import workloads

    name, field, sizes = GROWTH[kind]
    base = workloads.by_name(name)
    points = []
    for size in sizes:
        work = workloads.grown(base, **{field: size})
        found = measure_steps(work, threads, seconds / len(sizes), ("scratch", "torch"))
        minima = {k: v["minimum"] for k, v in found["libraries"].items()}
        points.append({"size": size, **minima})
    return {"workload": base.name, "field": field, "points": points}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("step", "memory", "growth"))
    parser.add_argument("name")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--library", default="scratch")
    parser.add_argument("--libraries", default=",".join(LIBRARIES))
    options = parser.parse_args()
    keep_to(options.threads)
    import workloads

    if options.what == "growth":
        found = measure_growth(options.name, options.threads, options.seconds)
    else:
        work = workloads.by_name(options.name)
        if options.what == "step":
            libraries = options.libraries.split(",")
            found = measure_steps(work, options.threads, options.seconds, libraries)
        else:
            found = measure_memory(work, options.library)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
