"""What an object of an artifacts bucket refers to, read from its content.

releases/<address>/<layer>.json     the templates that it nests, the bundles that it names
releases/<digest>/release.zip       all its templates and bundles, and the images of its sources
shipments/<digest>.zip              its release, and the shipment that it restores
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from generator.bundles import RELEASES
from scripts.deploy import release, sealed, shipments
from scripts.errors import Failed

#: How a template refers to another, and to a bundle; the address is that of what is referred to.
_TEMPLATE = re.compile(r"/([0-9a-f]{16}/[a-z0-9-]+\.json)")
_BUNDLE = re.compile(rf"{RELEASES}[0-9a-f]{{16}}/[\w-]+\.zip")


def of_text(text: str) -> Iterator[str]:
    """The keys that a template, or a stack's output, names."""
    yield from (f"{RELEASES}{found}" for found in _TEMPLATE.findall(text))
    yield from _BUNDLE.findall(text)


def of_object(key: str, body: bytes) -> frozenset[str]:
    """The keys that an object refers to. Raises Failed where it cannot be told."""
    try:
        return frozenset(_referred(key, body))
    except (BadZipFile, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Failed(
            f"{key} cannot be read, so nobody knows what it refers to: {error}.",
            fix="Put it right or delete it by hand, then run this again.",
        ) from error


def refers(key: str) -> bool:
    """Whether an object can refer to others at all; a bundle does not."""
    return key.endswith((".json", "/release.zip")) or key.startswith(shipments.PREFIX)


def reached(
    named: Iterable[str], there: frozenset[str], read: Callable[[str], bytes | None]
) -> frozenset[str]:
    """What can be got to from the named keys, over what is `there`, the named ones among it."""
    found, asked = set[str](), list(named)
    while asked:
        key = asked.pop()
        if key in found:
            continue
        found.add(key)
        if key in there and refers(key) and (body := read(key)) is not None:
            asked += of_object(key, body)
    return frozenset(found)


def _referred(key: str, body: bytes) -> Iterator[str]:
    if key.endswith("/release.zip"):
        said = _member(body, sealed.NAME)
        for file, sha256 in said["templates"].items():
            yield f"{RELEASES}{sha256[:16]}/{file}"
        yield from said["bundles"]
        yield f"{RELEASES}sources/{said['sources'][:16]}.json"
    elif key.startswith(shipments.PREFIX):
        said = _member(body, release.SHIPMENT)
        yield sealed.key(said["release"])
        if restored := said.get("restores"):
            yield shipments.key(restored)
    else:
        yield from of_text(body.decode())


def _member(body: bytes, name: str) -> Any:
    with ZipFile(BytesIO(body)) as archive:
        return json.loads(archive.read(name))
