"""References that a deployment would mint, written into templates before they are resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scripts.validate.contract import Root
from scripts.validate.intrinsics import REFERENCE
from scripts.validate.resolution import STACK

#: What `Ref` and `Fn::GetAtt` become: region, template, logical id, attribute.
MINTED = re.compile(r"<(?P<region>[\w-]+)/(?P<layer>[\w-]+)/(?P<id>\w+)\.(?P<attribute>[\w.]+)>")

#: What stands before the reference in a Ref that templates take apart as an ARN.
ARNS = {"AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:"}


def minted(value: Any) -> Iterator[tuple[str, str, str]]:
    """Region, layer and logical id of every reference in a value."""
    match value:
        case str():
            for found in MINTED.finditer(value):
                yield found["region"], found["layer"], found["id"]
        case list():
            for item in value:
                yield from minted(item)
        case dict():
            for item in value.values():
                yield from minted(item)


def stem(file: str) -> str:
    return file.removesuffix(".json")


@dataclass(frozen=True)
class Marking:
    """Writes references into one template: `refs` are its resources, but for nested stacks."""

    region: str
    layer: str
    refs: Mapping[str, str]

    @classmethod
    def of(cls, template: Mapping[str, Any], region: str, layer: str, account: str) -> Marking:
        """The marking of a template; a Ref may have something before it."""
        types = {name: said["Type"] for name, said in template["Resources"].items()}
        refs = {
            name: ARNS.get(type, "").format(region=region, account=account)
            for name, type in types.items()
            if type != STACK
        }
        return cls(region, layer, refs)

    def __call__(self, said: Any) -> Any:
        match said:
            case {"Ref": str(name)} if name in self.refs and len(said) == 1:
                return self.reference(name)
            case {"Fn::GetAtt": [str(name), str(attribute)]} if name in self.refs:
                return self.reference(name, attribute)
            case {"Fn::Sub": str(pattern)}:
                return {"Fn::Sub": self.text(pattern, {})}
            case {"Fn::Sub": [str(pattern), dict(own)]}:
                return {"Fn::Sub": [self.text(pattern, own), self(own)]}
            case dict():
                return {key: self(item) for key, item in said.items()}
            case list():
                return [self(item) for item in said]
        return said

    def reference(self, name: str, attribute: str = "") -> str:
        """What `Ref` or `Fn::GetAtt` becomes."""
        before = "" if attribute else self.refs[name]
        return f"{before}<{self.region}/{self.layer}/{name}.{attribute or 'Ref'}>"

    def text(self, pattern: str, own: Mapping[str, Any]) -> str:
        """The text of an Fn::Sub; what it names by itself stays."""

        def marked(found: re.Match[str]) -> str:
            name, _, attribute = found[2].partition(".")
            if found[1] or name not in self.refs or name in own:
                return found[0]
            return self.reference(name, attribute)

        return REFERENCE.sub(marked, pattern)


def marked(root: Root, region: str, account: str) -> Root:
    """A root and its layers with their references written out."""
    known = root.file, region, account
    if known not in _MARKED:
        _MARKED[known] = _mark(root, region, account)
    return _MARKED[known]


def _mark(root: Root, region: str, account: str) -> Root:
    def written(template: Mapping[str, Any], file: str) -> Any:
        return Marking.of(template, region, stem(file), account)(template)

    return replace(
        root,
        template=written(root.template, root.file),
        layers={
            name: written(child, root.manifest.layers[name]) for name, child in root.layers.items()
        },
    )


#: What was marked in this session: a template does not change while tests run.
_MARKED: dict[tuple[str, str, str], Root] = {}
