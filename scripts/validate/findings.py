"""What a check found, as data: where, what, under which rule and in which regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

#: A root is linted as it ships (TemplateURL is an Fn::Sub, which hides its children from cfn-lint), and once
#: more with literal relative URLs (which shows them).
Variant: TypeAlias = Literal["as shipped", "local URLs"]


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong. `path` is the keys from the template's top, joined by slashes.

    `line` is 0 where there is none to name. `regions` is empty where the region makes no difference. `layer`
    and `made_at`, the line of Python that adds the resource, are filled in by `provenance`.
    """

    template: str
    path: str
    rule: str
    message: str
    line: int = 0
    regions: tuple[str, ...] = ()
    variant: Variant = "as shipped"
    fix: str = ""
    layer: str = ""
    made_at: str = ""

    @property
    def resource(self) -> str:
        """The logical id of the resource that it is about; empty where it is about none."""
        section, _, rest = self.path.partition("/")
        return rest.partition("/")[0] if section == "Resources" else ""

    def to_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {**asdict(self), "regions": list(self.regions), "resource": self.resource}

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

    def lines(self) -> Iterator[str]:
        """For a person: what is wrong, what made it, and what to do."""
        yield str(self)
        if self.layer or self.made_at:
            yield f"  made by {', at '.join(filter(None, (self.layer, self.made_at)))}"
        if self.fix:
            yield f"  fix: {self.fix}"

    def __str__(self) -> str:
        """What is wrong, in one line."""
        where = f"{self.template}:{self.line}" if self.line else self.template
        variant = f" [{self.variant}]" if self.variant != "as shipped" else ""
        regions = f" ({', '.join(self.regions)})" if self.regions else ""
        return f"{where}: {self.path or '/'} {self.rule}{variant} {self.message}{regions}"
