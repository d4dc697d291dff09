"""Values for what a service would set itself: identifiers, ARNs, states, endpoints.

Each fits the schema's pattern where there is one. They are shapes, not facts: nothing answers at an
endpoint made here.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.sandbox.resources.identity import (
    ARN_RESOURCES,
    ATTRIBUTES_BESIDE_READ_ONLY,
    GLOBAL_SERVICES,
    ID_PREFIXES,
)
from scripts.sandbox.resources.patterns import matches
from scripts.sandbox.resources.sampling import sample
from scripts.sandbox.resources.schemas import JSON, PropertyPath, ResourceSchema

_AT_REST = (
    "ACTIVE",
    "Active",
    "AVAILABLE",
    "Available",
    "available",
    "ENABLED",
    "Enabled",
    "RUNNING",
    "READY",
    "CREATED",
    "COMPLETE",
    "COMPLETED",
    "SUCCEEDED",
    "DEPLOYED",
    "CONNECTED",
)
"""What a finished resource says of itself, the likeliest first."""
_BORN = "2026-01-01T00:00:00Z"
"""One instant for every timestamp: a template that reads a creation time must not differ by run."""


@dataclass(frozen=True)
class Birth:
    """A resource being created: what its values are made of."""

    schema: ResourceSchema
    name: str
    """Its generated name, as CloudFormation makes them."""
    properties: Mapping[str, Any]
    account: str
    region: str

    def attributes(self) -> dict[str, Any]:
        """A value for every attribute that Fn::GetAtt may read, by its dotted name."""
        beside = ATTRIBUTES_BESIDE_READ_ONLY.get(self.schema.type_name, ())
        values = {name: self.properties[name] for name in beside if name in self.properties}
        for path in self.schema.read_only:
            if "*" not in path:
                values[".".join(path)] = self.value(path)
        return values

    def value(self, path: PropertyPath) -> Any:
        """A value for one property, of the type and pattern its schema asks for."""
        node, leaf = self.schema.node(path), path[-1]
        given = self.properties.get(leaf)
        if given is not None and len(path) > 1:
            return given  # `Workgroup.NamespaceName` repeats the NamespaceName of the template
        if node.get("enum"):
            return _at_rest([str(value) for value in node["enum"]])
        declared = node.get("type", "string")
        match declared if isinstance(declared, str) else declared[0]:
            case "integer" | "number":
                return node.get("default", max(1, int(node.get("minimum", 1))))
            case "boolean":
                return node.get("default", False)
            case "array":
                return []
            case "object":
                return {}
            case _:
                return self._text(leaf, node)

    def uuid(self, leaf: str) -> str:
        """A UUID of this resource, one per purpose."""
        return str(uuid.UUID(bytes=self._digest(leaf)[:16], version=4))

    def hexadecimal(self, leaf: str, digits: int) -> str:
        """Hexadecimal digits of this resource, one run per purpose."""
        return self._digest(leaf).hex()[:digits]

    def _digest(self, leaf: str) -> bytes:
        seed = "/".join((self.account, self.region, self.schema.type_name, self.name, leaf))
        return hashlib.sha256(seed.encode()).digest()

    def _text(self, leaf: str, node: JSON) -> str:
        pattern, least, most = (
            node.get("pattern"),
            node.get("minLength", 0),
            node.get("maxLength", 2048),
        )
        first = None
        for candidate in self._candidates(leaf):
            first = first or candidate
            fits = pattern is None or matches(pattern, candidate) is not False
            if fits and least <= len(candidate) <= most:
                return candidate
        sampled = (
            sample(pattern, self.name + leaf, minimum=max(1, least), maximum=most)
            if pattern
            else None
        )
        return self._at_home(sampled, str(pattern)) if sampled else str(first)[: max(most, 1)]

    def _at_home(self, arn: str, pattern: str) -> str:
        """A sampled ARN, with this account and Region in it where the pattern lets them stand."""
        fields = arn.split(":", 5)
        if len(fields) < 6 or fields[0] != "arn":
            return arn
        home = ":".join(("arn", "aws", fields[2], self.region, self.account, fields[5]))
        return home if matches(pattern, home) else arn

    def _candidates(self, leaf: str) -> Iterator[str]:
        """Natural values, the likeliest first."""
        lower = leaf.lower()
        if lower.endswith("arn"):
            yield from self._arns()
        elif lower.endswith(("accountid", "ownerid", "owneraccount", "resourceowner")):
            yield self.account
        elif lower.endswith(("at", "time", "date", "timestamp", "datetime", "createdon")):
            yield from (_BORN, "2026-01-01T00:00:00.000Z", "1767225600", "2026-01-01")
        elif lower.endswith(("status", "state")):
            yield from ("ACTIVE", "AVAILABLE", "available")
        elif lower.endswith("region"):
            yield self.region
        elif lower.endswith(("ip", "ipaddress")):
            yield f"203.0.113.{self._digest(leaf)[0]}"
        elif lower.endswith(("endpoint", "address", "domainname", "dnsname", "domain")):
            yield f"{self.name.lower()[-40:]}.{self.schema.service}.{self.region}.amazonaws.com"
        elif lower.endswith(("url", "uri")):
            yield f"https://{self.schema.service}.{self.region}.amazonaws.com/{self.name}"
        elif lower.endswith(("version", "revision")):
            yield from ("1", "1.0.0")
        elif lower.endswith("port"):
            yield str(self.properties.get("Port", 443))
        elif lower.endswith("name"):
            yield from (self.name, self.name.lower())
        prefix = ID_PREFIXES.get(self.schema.type_name)
        if prefix and lower.endswith("id"):
            yield f"{prefix}-{self.hexadecimal(leaf, 17)}"
        yield from (
            self.uuid(leaf),
            self.name,
            self.hexadecimal(leaf, 32),
            self.hexadecimal(leaf, 10),
            self.account,
        )

    def _arns(self) -> Iterator[str]:
        form = ARN_RESOURCES.get(self.schema.type_name)
        if form:
            values = {
                **{name: str(value) for name, value in self.properties.items()},
                "account": self.account,
                "region": self.region,
                "name": self._own_name(),
                "uuid": self.uuid("Arn"),
                "hex8": self.hexadecimal("Arn", 8),
            }
            yield "arn:aws:" + re.sub(
                r"\{(\w+)\}", lambda field: values.get(field[1], self.name), form
            )
            return
        service = self.schema.service
        region = "" if service in GLOBAL_SERVICES else self.region
        kind = self.schema.type_name.split("::")[2]
        kebab = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind).lower()
        for tail in (self._own_name(), self.uuid("Arn"), self.hexadecimal("Arn", 17)):
            for head in dict.fromkeys((kebab, kind.lower(), kind[0].lower() + kind[1:])):
                for separator in "/:":
                    yield f"arn:aws:{service}:{region}:{self.account}:{head}{separator}{tail}"

    def _own_name(self) -> str:
        kind = self.schema.type_name.split("::")[2]
        for candidate in ("Name", f"{kind}Name", f"{kind}Identifier"):
            if isinstance(self.properties.get(candidate), str):
                return str(self.properties[candidate])
        return self.name


def _at_rest(values: list[str]) -> str:
    return next((state for state in _AT_REST if state in values), values[0])
