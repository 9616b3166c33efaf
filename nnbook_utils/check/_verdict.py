"""What a checked exercise answers: right, or not yet and why. It never raises."""

import functools
import html
import inspect
from dataclasses import dataclass

from ..figures.palette import css
from ..figures.tables import BAD, GOOD


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer to a reader's attempt. True when it passed; shows itself as one or two lines."""

    passed: bool
    message: str
    hint: str | None = None

    def __bool__(self):
        return self.passed

    def __repr__(self):
        if self.passed:
            return f"Right: {self.message}"
        return f"Not yet: {self.message}" + (f" Hint: {self.hint}" if self.hint else "")

    def _repr_html_(self):
        word, color, sign = ("Right", GOOD, "✓") if self.passed else ("Not yet", BAD, "→")
        hint = (
            f'<div style="margin-top:0.25em;color:{css("muted", "inherit")}">'
            f"Hint: {html.escape(self.hint)}</div>"
            if self.hint and not self.passed
            else ""
        )
        return (
            f'<div class="nnb-verdict" role="status" style="border-left:3px solid {color};'
            f'padding:0.35em 0.9em;margin:0.6em 0;color:{css("ink", "inherit")}">'
            f'<strong style="color:{color}"><span aria-hidden="true">{sign} </span>{word}:'
            f"</strong> {html.escape(self.message)}{hint}</div>"
        )


class NotYet(Exception):
    """Raised inside a check to say what is wrong; `exercise` turns it into a Verdict."""

    def __init__(self, message, hint=None):
        super().__init__(message)
        self.message, self.hint = message, hint


class _Unsolved(Exception):
    """The reader has not written this part yet."""


def require(condition, message, hint=None):
    """Inside a check: go on when `condition` holds, else answer “Not yet” with this message."""
    if not condition:
        raise NotYet(message, hint)


def exercise(function=None, *, hint=None):
    """Turn a check into one that never raises: `@exercise` or `@exercise(hint="…")`.

    The check takes the reader's answer, calls `require` for what must hold, and returns the text
    of success (or a Verdict of its own). An answer that is None, `...` or NotImplemented, or a
    function that returns one of these, is “not yet”; so is an answer that raises.
    """
    if function is None:
        return functools.partial(exercise, hint=hint)

    @functools.wraps(function)
    def check(*answers, **named):
        try:
            answers = [_watched(answer) for answer in answers]
            named = {name: _watched(answer) for name, answer in named.items()}
            return _verdict(function(*answers, **named), function)
        except _Unsolved as unsolved:
            return Verdict(False, str(unsolved), hint)
        except NotYet as not_yet:
            return Verdict(False, not_yet.message, not_yet.hint or hint)
        except NotImplementedError:
            return Verdict(False, "there is no answer yet.", hint)
        except Exception as error:
            said = " ".join(str(error).split()) or "no message"
            said = said if len(said) <= 200 else said[:199] + "…"
            return Verdict(False, f"your answer raised {type(error).__name__}: {said}.", hint)

    return check


def _verdict(result, function):
    if isinstance(result, Verdict):
        return result
    if isinstance(result, str):
        return Verdict(True, result)
    raise TypeError(f"the check {function.__name__} must return its message; got {result!r}")


def _is_stub(value):
    return value is None or value is Ellipsis or value is NotImplemented


def _watched(answer):
    """The answer; if it is a function, one that notices when a stub's empty value comes back."""
    if _is_stub(answer):
        raise _Unsolved("there is no answer yet.")
    if not inspect.isfunction(answer):
        return answer

    @functools.wraps(answer)
    def call(*args, **kwargs):
        value = answer(*args, **kwargs)
        if _is_stub(value):
            raise _Unsolved(f"{answer.__name__} returns {value!r} so far.")
        return value

    return call
