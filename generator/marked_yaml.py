"""YAML with line numbers: what stands in a file, before anything is made of it.

Scalars stay as they were written. What YAML 1.1 makes of them (`no` a boolean, 012 an octal number) is
told by `kind`, so that a check can say what was expected instead of guessing what was meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from generator.problems import Problem

if TYPE_CHECKING:
    import yaml

Kind: TypeAlias = Literal["text", "number", "toggle", "nothing", "section", "list", "other"]
Report: TypeAlias = Callable[[Problem], None]
Collection = TypeVar("Collection", bound="yaml.CollectionNode")

#: Characters of a value that a message quotes.
SHOWN = 60

KINDS: Mapping[str, Kind] = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:bool": "toggle",
    "tag:yaml.org,2002:null": "nothing",
}


@dataclass(frozen=True)
class Value:
    """What stands after a key: a scalar's text, a section's keys, or a list's items."""

    file: str
    line: int
    kind: Kind
    text: str = ""
    section: Mapping[str, Value] = field(default_factory=dict)
    items: tuple[Value, ...] = ()

    def problem(self, key: str, message: str, fix: str = "") -> Problem:
        """Something is wrong with it."""
        return Problem(self.file, self.line, key, message, fix)

    @property
    def shown(self) -> str:
        """As a person would recognise it, and never more than a line of it."""
        match self.kind:
            case "section" | "list":
                return f"a {self.kind}"
            case "nothing":
                return "nothing"
            case _:
                text = repr(self.text)
                return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def read(path: Path, report: Report) -> Mapping[str, Value] | None:
    """The keys of a file, or None where it cannot be read; what is wrong is reported, never raised."""
    import yaml

    file = _name(path)
    wanted = "must hold settings, one `key: value` a line"
    root = _root(path, file, yaml.MappingNode, wanted, report)
    return None if root is None else _section(root, file, report)


def read_list(path: Path, report: Report) -> tuple[Value, ...] | None:
    """The items of a file that is a list; otherwise as `read`."""
    import yaml

    file = _name(path)
    wanted = "must be a list, each item after a `- `"
    root = _root(path, file, yaml.SequenceNode, wanted, report)
    return None if root is None else _items(root, file, report, 0)


def _name(path: Path) -> str:
    """What a file is called in a problem."""
    return f"{path.parent.name}/{path.name}"


def _root(
    path: Path, file: str, kind: type[Collection], wanted: str, report: Report
) -> Collection | None:
    """A file's root, which is of that kind and empty where the file is; else None, and why is reported."""
    import yaml

    try:
        root: yaml.Node | None = yaml.compose(path.read_bytes().decode(), Loader=yaml.SafeLoader)
    except OSError as error:
        report(Problem(file, 0, "", f"cannot be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        report(Problem(file, line, "", "is not UTF-8 text", "Save it as UTF-8."))
    except yaml.MarkedYAMLError as error:
        report(_broken(file, error))
    except yaml.reader.ReaderError as error:
        report(Problem(file, 0, "", f"has the character {error.character!r}, which YAML forbids"))
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        report(Problem(file, 0, "", f"is not YAML: {error}"))
    except RecursionError:
        report(Problem(file, 0, "", "is nested too deeply to be settings"))
    else:
        if root is None:
            return kind("", [])
        if isinstance(root, kind):
            return root
        report(Problem(file, root.start_mark.line + 1, "", wanted))
    return None


def _broken(file: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    said = " ".join(part for part in (error.context, error.problem) if part)
    if error.context_mark and mark and error.context_mark.line != mark.line:
        said += f" (it begins on line {error.context_mark.line + 1})"
    if mark is None:
        return Problem(file, 0, "", f"is not YAML: {said}")
    return Problem(file, mark.line + 1, "", f"is not YAML, at column {mark.column + 1}: {said}")


def _section(node: yaml.MappingNode, file: str, report: Report, depth: int = 0) -> dict[str, Value]:
    section = dict[str, Value]()
    for key_node, value_node in node.value:
        value = _value(value_node, key_node.start_mark.line + 1, file, report, depth)
        key = str(key_node.value)
        if KINDS.get(key_node.tag) != "text":
            report(value.problem(key, "a key must be a word", "Put quotes around it if it is one."))
        elif key in section:
            first = section[key].line
            report(value.problem(key, f"{key} stands twice, first on line {first}", "Remove one."))
        else:
            section[key] = value
    return section


def _value(node: Any, line: int, file: str, report: Report, depth: int) -> Value:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return Value(file, line, KINDS.get(node.tag, "other"), node.value)
    if isinstance(node, yaml.MappingNode):
        # Two levels are all that settings have; an alias may well make a mapping hold itself.
        held = _section(node, file, report, depth + 1) if depth < 2 else {}
        return Value(file, line, "section", section=held)
    held_items = _items(node, file, report, depth + 1) if depth < 2 else ()
    return Value(file, line, "list", items=held_items)


def _items(node: Any, file: str, report: Report, depth: int) -> tuple[Value, ...]:
    return tuple(_value(item, item.start_mark.line + 1, file, report, depth) for item in node.value)
