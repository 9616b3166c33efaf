"""What a running training shows, and how it is stopped."""

import signal
import sys
import threading
import time

from tqdm import tqdm

from ._units import seconds, three_digits


def progress_bar(steps, done, progress):
    """A bar that a notebook stores as one line, and that a terminal leaves as one line."""
    return _Bar(steps, done) if progress else _Silent()


def track(items, description="training", unit="steps"):
    """Yield from `items`, a sized iterable, and show how far it is; at the end one line stays.

    For loops that a chapter writes by hand; `train.fit` has its own bar.
    """
    start, count, done = time.perf_counter(), len(items), 0
    with _Bar(count, 0, description, unit) as bar:
        try:
            for item in items:
                yield item
                done += 1
                bar.bar.update()
        finally:  # also when the loop is left early
            made = f"{count:,}" if done == count else f"stopped after {done:,} of {count:,}"
            took = seconds(time.perf_counter() - start)
            bar.finish(f"{description}: {made} {unit} in {took}")


class _Silent:
    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def after(self, loss):
        pass

    def finish(self, line):
        pass


class _Bar(_Silent):
    def __init__(self, steps, done, description="training", unit="steps"):
        self.file = _CellLine() if _in_notebook() else sys.stderr
        watched = isinstance(self.file, _CellLine) or self.file.isatty()
        self.bar = tqdm(
            total=steps,
            initial=done,
            desc=description,
            unit=f" {unit}",
            file=self.file,
            leave=False,
            disable=not watched,
            ncols=79,
            bar_format="{desc} {bar:24} {n_fmt}/{total_fmt}{unit} · {remaining} left{postfix}",
        )

    def after(self, loss):
        self.bar.set_postfix_str(f"loss {three_digits(loss)}", refresh=False)
        self.bar.update()

    def finish(self, line):
        self.bar.close()
        if isinstance(self.file, _CellLine):
            self.file.replace(line)
        else:
            print(line)

    def __exit__(self, *exception):
        self.bar.close()


class _CellLine:
    """A file for tqdm in a notebook: each line replaces the one before, so that one is stored."""

    def __init__(self):
        from IPython.display import display

        self.handle = display(_plain(""), raw=True, display_id=True)

    def write(self, text):
        line = text.strip("\r\n ")
        if line:
            self.replace(line)

    def replace(self, line):
        self.handle.update(_plain(line), raw=True)

    def flush(self):
        pass


def _plain(line):
    return {"text/plain": line}


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return hasattr(shell, "kernel")


class Interrupt:
    """Inside `with`, the first Ctrl-C only sets `asked`, so that a step is never cut in two.

    A second one raises KeyboardInterrupt as usual.
    """

    asked = False

    def __enter__(self):
        self.before = None
        if threading.current_thread() is threading.main_thread():  # only it may set handlers
            self.before = signal.signal(signal.SIGINT, self._handle)
        return self

    def _handle(self, number, frame):
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(self, *exception):
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
