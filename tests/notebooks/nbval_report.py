"""A pytest plugin for `make test-notebooks`: how long each notebook ran, and how much memory.

    pytest -p tests.notebooks.nbval_report --nbval-lax ... notebooks

nbval runs every cell of a notebook in one kernel. After each cell this asks the system for the
kernel's largest memory so far; the run fails when a notebook needs more than the book promises.
Where the system does not say (it is read from /proc), only the times are printed.
"""

from collections import defaultdict
from pathlib import Path

import pytest

MOST_MEMORY = 2000  # MB, as the book promises
seconds = defaultdict(float)
memory = defaultdict(float)


def peak(pid):
    """The largest resident memory of a process so far, in MB; None where it is not known."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    (kilobytes,) = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) / 1000


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item):
    kernel = getattr(item.parent, "kernel", None)
    if kernel is None or not kernel.is_alive():
        return
    pid = getattr(kernel.km.provisioner, "pid", None)
    if pid and (most := peak(pid)) is not None:
        item.user_properties.append(("kernel memory in MB", most))


def pytest_runtest_logreport(report):
    notebook = report.nodeid.split("::")[0]
    if not notebook.endswith(".ipynb"):
        return
    seconds[notebook] += report.duration
    for name, value in report.user_properties:
        if name == "kernel memory in MB":
            memory[notebook] = max(memory[notebook], value)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    too_large = any(most > MOST_MEMORY for most in memory.values())
    if too_large and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if seconds:
        terminalreporter.section("notebooks")
    for notebook in sorted(seconds):
        line = f"{Path(notebook).stem:35} {seconds[notebook]:6.1f} s"
        if notebook in memory:
            line += f" {memory[notebook]:7.0f} MB"
        if memory[notebook] > MOST_MEMORY:
            line += f"  more than the {MOST_MEMORY} MB that the book promises"
        terminalreporter.write_line(line, red=memory[notebook] > MOST_MEMORY)
