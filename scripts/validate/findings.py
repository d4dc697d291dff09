"""What a check found, as data: where, what, under which rule and in which regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

#: A root is linted as it ships (TemplateURL is an Fn::Sub, which hides its children from cfn-lint), and once
#: more with literal relative URLs (which shows them).
Variant: TypeAlias = Literal["as shipped", "local URLs"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. `path` is the keys from the template's top, joined by slashes.

    `line` is 0 where there is none to name. `regions` is empty where the region makes no difference.
    """

    template: str
    path: str
    rule: str
    message: str
    line: int = 0
    regions: tuple[str, ...] = ()
    variant: Variant = "as shipped"
    fix: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "regions": list(self.regions)}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Finding:
        """Read it back. Raises KeyError, TypeError or ValueError where `said` is no finding."""
        if said["variant"] not in ("as shipped", "local URLs") or not isinstance(said["line"], int):
            raise ValueError(said)
        texts = {key: said[key] for key in ("template", "path", "rule", "message", "fix")}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ValueError(said)
        regions = tuple(str(region) for region in said["regions"])
        return cls(**texts, line=said["line"], regions=regions, variant=said["variant"])

    def __str__(self) -> str:
        """One line for a person."""
        where = f"{self.template}:{self.line}" if self.line else self.template
        variant = f" [{self.variant}]" if self.variant != "as shipped" else ""
        regions = f" ({', '.join(self.regions)})" if self.regions else ""
        return f"{where}: {self.path or '/'} {self.rule}{variant} {self.message}{regions}"
