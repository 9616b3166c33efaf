"""Checks for the exercises, one module a chapter.

    from nnbook_utils.check import neurons as check

    check.xor(my_answer)   # Right: … / Not yet: … Hint: …

A check never raises, so that an unsolved notebook runs from start to end.
"""

from ._verdict import NotYet, Verdict, exercise, require

__all__ = ["NotYet", "Verdict", "exercise", "require"]
