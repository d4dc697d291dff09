"""What can go wrong, as a person would say it.

    TradewindError            one sentence, an exit code, and what to do about it
    ├── UsageError            2: the command, a setting or a file is wrong
    ├── Refused               3: a gate, a lease or an approval says no
    └── Failed                1: AWS, the network or a tool said no

Every error that reaches a user is one of these: `cli.main` prints `message`, then `fix`, and exits with
`exit_code`. Anything else is a bug, and is reported as one.
"""

from __future__ import annotations


class TradewindError(Exception):
    """One sentence for the user, and the sentence that says what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class UsageError(TradewindError):
    """The command line, a setting or a file is wrong; nothing was touched."""

    exit_code = 2


class Refused(TradewindError):
    """A gate, a lease or an approval said no; nothing was changed."""

    exit_code = 3


class Failed(TradewindError):
    """AWS, the network or a tool said no while we were at it."""

    exit_code = 1


def reason(error: Exception) -> str:
    """What an error that is not ours says, as the end of a sentence; its name where it says nothing."""
    return str(error).rstrip(".") or type(error).__name__
