"""Objects of S3 and values of secrets, whose copies are held while nothing crosses between two regions.

ministack makes copies at once, and so do we where they may cross. One that may not is made as soon as it
may: an object's as it is then, a secret's with the value that it has then.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.sandbox import stores
from scripts.sandbox.faults.standing import STANDING
from scripts.sandbox.replication import ACCOUNT, REQUEST_SCOPE
from scripts.sandbox.seams import Kind, Seam

_S3 = "ministack.services.s3"
_SECRETS = "ministack.services.secretsmanager"
_USED_BY = "copies between regions"


def _function(module: str, name: str, parameters: str) -> Seam:
    return Seam(module, name, None, Kind.FUNCTION, tuple(parameters.split()), _USED_BY)


COPY = _function(_S3, "_maybe_replicate", "bucket_name key obj data tags")
COPY_DELETION = _function(_S3, "_maybe_replicate_delete_marker", "bucket_name key")
REPLICATION_OF = Seam(_S3, "_bucket_replication", None, Kind.MAPPING, used_by=_USED_BY)
BUCKETS = Seam(_S3, "_buckets", None, Kind.MAPPING, used_by=_USED_BY)
VERSIONS = Seam(_S3, "_object_versions", None, Kind.MAPPING, used_by=_USED_BY)
TAGS = Seam(_S3, "_object_tags", None, Kind.MAPPING, used_by=_USED_BY)
BODY = _function(_S3, "_read_body", "bucket_name key obj")
PERSIST = _function(_S3, "_persist_object", "bucket key obj")
REGION_OF_BUCKET = _function(_S3, "_replication_destination_region", "dest_bucket")
SYNC = _function(_SECRETS, "_sync_replicas", "secret")
SECRETS = Seam(_SECRETS, "_secrets", None, Kind.MAPPING, used_by=_USED_BY)
SEAMS = (
    *(COPY, COPY_DELETION, REPLICATION_OF, BUCKETS, VERSIONS, TAGS, BODY, REGION_OF_BUCKET),
    *(PERSIST, SYNC, SECRETS),
)

PENDING = "PENDING"


@dataclass(frozen=True)
class Held:
    """What could not cross. `key` of an object; of a secret, its name."""

    kind: str
    account: str
    source: str
    holder: str
    key: str


@dataclass
class Crossings:
    """What is held, in order."""

    held: list[Held] = field(default_factory=list)

    def hold(self, one: Held) -> None:
        """Keep that back; the newest takes the place of an older one of the same thing."""
        same = (one.account, one.source, one.holder, one.key)
        self.held = [
            other
            for other in self.held
            if (other.account, other.source, other.holder, other.key) != same
        ]
        self.held.append(one)

    def drop(self, region: str) -> int:
        """A region is gone: what had not left it never will. How many that were."""
        left = [one for one in self.held if one.source != region]
        lost = len(self.held) - len(left)
        self.held = left
        return lost

    def save(self, directory: Path) -> None:
        """As one document."""
        document = json.dumps([asdict(one) for one in self.held])
        stores.write_atomically(directory / "held.json", document)

    def load(self, directory: Path) -> None:
        """What was saved."""
        self.held = [Held(**one) for one in stores.read_json(directory / "held.json") or ()]

    def reset(self) -> None:
        """Nothing is held."""
        self.held = []


CROSSINGS = Crossings()
stores.register("crossings", CROSSINGS)

#: What makes a copy: ministack's own functions, kept when they were replaced.
_native: dict[str, Callable[..., Any]] = {}


def install() -> None:
    """Have copies wait."""
    _native["object"] = COPY.replace(_copy)
    _native["deletion"] = COPY_DELETION.replace(_copy_deletion)
    _native["secret"] = SYNC.replace(_sync)


def settle() -> None:
    """Make the copies that may be made now; what still may not stays held."""
    waiting, CROSSINGS.held = CROSSINGS.held, []
    for one in waiting:
        with REQUEST_SCOPE.value(one.account, one.source):
            match one.kind:
                case "object":
                    _make_up_for(one)
                case "deletion":
                    _copy_deletion(one.holder, one.key)
                case _:
                    secret = SECRETS.value.get(one.key)
                    if secret is not None:
                        _sync(secret)


def _copy(bucket_name: str, key: str, obj: dict[str, Any], data: Any, tags: Any = None) -> None:
    if _blocked(bucket_name):
        obj["replication_status"] = PENDING
        CROSSINGS.hold(Held("object", ACCOUNT.value(), _region(bucket_name), bucket_name, key))
        return
    _native["object"](bucket_name, key, obj, data, tags)


def _copy_deletion(bucket_name: str, key: str) -> None:
    if _blocked(bucket_name):
        CROSSINGS.hold(Held("deletion", ACCOUNT.value(), _region(bucket_name), bucket_name, key))
        return
    _native["deletion"](bucket_name, key)


def _make_up_for(one: Held) -> None:
    """Copy the object as it is now, and say so of its version, too."""
    bucket = BUCKETS.value.get(one.holder)
    obj = bucket["objects"].get(one.key) if bucket else None
    if obj is None or obj.get("replication_status") != PENDING:
        return
    obj.pop("replication_status")
    tags = TAGS.value.get((one.holder, one.key, obj.get("version_id")))
    obj["body"] = BODY.value(one.holder, one.key, obj)  # which is on disk since it was written
    _copy(one.holder, one.key, obj, obj["body"], tags)
    PERSIST.value(one.holder, one.key, obj)
    for version in VERSIONS.value.get((one.holder, one.key), ()):
        if version.get("version_id") == obj.get("version_id"):
            version["replication_status"] = obj.get("replication_status")


def _sync(secret: dict[str, Any]) -> None:
    source = str(secret["ARN"]).split(":")[3]
    blocked = []
    for status in secret.get("ReplicationStatus", ()):
        region = status.get("Region")
        if region and region != source and not STANDING.crosses(source, region):
            status["Status"] = "InProgress"
            blocked.append(status)
        elif status.get("Status") == "InProgress":
            status["Status"] = "InSync"
    if not blocked:
        _native["secret"](secret)
        return
    CROSSINGS.hold(Held("secret", ACCOUNT.value(), source, "", secret["Name"]))
    reached = [one for one in secret["ReplicationStatus"] if one not in blocked]
    _native["secret"]({**secret, "ReplicationStatus": reached})


def _blocked(bucket: str) -> bool:
    """Whether what is written to a bucket cannot reach the one that it is copied to."""
    config = REPLICATION_OF.value.get(bucket)
    if not config:
        return False
    here = _region(bucket)
    targets = {
        REGION_OF_BUCKET.value((rule.get("Destination") or {}).get("Bucket") or "")
        for rule in config.get("Rules", ())
    }
    return any(there and there != here and not STANDING.crosses(here, there) for there in targets)


def _region(bucket: str) -> str:
    return str((BUCKETS.value.get(bucket) or {}).get("region") or "us-east-1")
