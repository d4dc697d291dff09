"""Machine images: pinned once, when a release is made, so that what was rehearsed is what ships.

AWS moves the public parameter of Amazon Linux's newest image whenever it likes. Asked at every plan it
would replace fleets that nobody meant to touch; a release keeps the answer of the day it was made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from generator.manifest import Manifest
from scripts.aws import Aws
from scripts.deploy import lookups

#: The question of generator.layer that asks SSM, and how the paths of images begin.
#: https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
QUESTION, _IMAGES = "PublicParameter", "/aws/service/ami-"

#: Regions that are asked side by side.
_AT_ONCE = 8


@dataclass(frozen=True)
class Amis:
    """Region -> path of the public parameter -> image id."""

    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, region: str, question: str, subject: Mapping[str, str]) -> str:
        """The image that a Lookup means; empty where it asks for something else or nothing is pinned."""
        path = subject.get("path", "") if question == QUESTION else ""
        return self.ids.get(region, {}).get(path, "")

    def lacking(self, regions: Iterable[str], paths: Collection[str]) -> list[tuple[str, str]]:
        """The (region, path) that nothing is pinned for."""
        return [
            (region, path)
            for region in regions
            for path in sorted(paths)
            if path not in self.ids.get(region, {})
        ]

    def __or__(self, other: Amis) -> Amis:
        """Both; where both pin, the other's."""
        regions = sorted({*self.ids, *other.ids})
        return Amis(
            {
                region: {**self.ids.get(region, {}), **other.ids.get(region, {})}
                for region in regions
            }
        )

    def to_json(self) -> dict[str, Any]:
        """As a release and a shipment keep them."""
        return {region: dict(sorted(pins.items())) for region, pins in sorted(self.ids.items())}


def asked(manifests: Iterable[Manifest]) -> frozenset[str]:
    """The paths of the images that templates ask for."""
    return frozenset(
        path
        for manifest in manifests
        for source in manifest.parameters.values()
        if source.question == QUESTION
        and (path := source.subject.get("path", "")).startswith(_IMAGES)
    )


def ask(aws: Aws, lacking: Iterable[tuple[str, str]]) -> Amis:
    """The newest image of each (region, path), by AWS. Raises Failed where a region has none."""
    places = list(lacking)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(
            lambda place: lookups.answer(aws, place[0], QUESTION, {"path": place[1]}), places
        )
        pins: dict[str, dict[str, str]] = {}
        for (region, path), image in zip(places, found, strict=True):
            pins.setdefault(region, {})[path] = image
    return Amis(pins)
