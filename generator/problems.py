"""What is wrong in a settings file: where it stands, what was expected, and what is near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Problems that are told one by one; a file that is not meant as settings has thousands.
_SHOWN = 20


@dataclass(frozen=True)
class Problem:
    """One mistake. `line` counts from 1; 0 where the file lacks something, which stands on no line."""

    file: str
    line: int
    key: str
    message: str
    fix: str = ""

    @property
    def place(self) -> str:
        """`params/dev.yaml:7`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        said = f"{self.place}: {self.message}."
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in said)


class EnvironmentInvalid(Exception):
    """An environment cannot be used; `problems` has all that is wrong with it, in reading order."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        return told(self.problems, f"environment {self.name}")

    @property
    def fix(self) -> str:
        """What to do about it, where one sentence can say it."""
        return remedy(self.problems)


def told(problems: Sequence[Problem], place: str) -> str:
    """All that is wrong in a place, a line each and with its own fix; where it is one thing, that alone."""
    if len(problems) == 1:
        return str(problems[0])
    lines = [f"{problem} {problem.fix}".rstrip() for problem in problems[:_SHOWN]]
    if (more := len(problems) - _SHOWN) > 0:
        lines.append(f"and {more} more")
    return "\n  ".join([f"{len(problems)} problems in {place}:", *lines])


def remedy(problems: Sequence[Problem]) -> str:
    """What to do about all that is wrong, where one sentence can say it."""
    return problems[0].fix if len(problems) == 1 else "Correct these lines."


def nearest(word: str, known: Iterable[str]) -> str:
    """`Did you mean single?`, or nothing where nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1)
    return f"Did you mean {near[0]}?" if near else ""
