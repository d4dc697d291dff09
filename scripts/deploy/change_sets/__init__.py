"""Change sets: made with their nested ones, waited for, read as a tree, removed without a trace."""

from scripts.deploy.change_sets.deletion import delete, discard, leftovers, remove_shell
from scripts.deploy.change_sets.making import (
    DESCRIBED,
    ChangeSet,
    Kind,
    Request,
    create,
    described,
    find,
    wait,
)
from scripts.deploy.change_sets.tree import change, read

__all__ = [
    "DESCRIBED",
    "ChangeSet",
    "Kind",
    "Request",
    "change",
    "create",
    "delete",
    "described",
    "discard",
    "find",
    "leftovers",
    "read",
    "remove_shell",
    "wait",
]
