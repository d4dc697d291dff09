"""How objects grow old in a bucket: cheaper classes with time, and then an end, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    LifecycleConfiguration,
    LifecycleRule,
    LifecycleRuleTransition,
    NoncurrentVersionExpiration,
)

#: Days after which an upload that was never completed is thrown away.
ABANDONED_AFTER = 7


@dataclass(frozen=True)
class Ageing:
    """How objects grow old, in days. `moves` are (days, storage class); `ends` is None for what stays."""

    moves: tuple[tuple[int, str], ...] = ()
    ends: int | None = None
    old_versions_end: int = 90

    def configuration(self) -> LifecycleConfiguration:
        """As CloudFormation wants it."""
        optional: dict[str, Any] = {}
        if self.ends is not None:
            optional["ExpirationInDays"] = self.ends
        if self.moves:
            optional["Transitions"] = [
                LifecycleRuleTransition(TransitionInDays=days, StorageClass=storage)
                for days, storage in self.moves
            ]
        rule = LifecycleRule(
            Id="Age",
            Status="Enabled",
            AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(
                DaysAfterInitiation=ABANDONED_AFTER
            ),
            NoncurrentVersionExpiration=NoncurrentVersionExpiration(
                NoncurrentDays=self.old_versions_end
            ),
            **optional,
        )
        return LifecycleConfiguration(Rules=[rule])


#: The shop reads images at any time, so they never leave the classes that answer at once.
SERVED = Ageing(moves=((30, "STANDARD_IA"), (120, "GLACIER_IR")))
#: Kept for ever: what analytics was fed with can be fed again.
EXPORTED = Ageing(moves=((30, "STANDARD_IA"), (90, "GLACIER")))
#: A year, of which the last three months are at hand (PCI DSS 4.0, 10.5.1).
LOGGED = Ageing(moves=((30, "STANDARD_IA"), (90, "GLACIER")), ends=400)
#: A release is never deleted by its age: what a deployed stack refers to may be old. Nor is what CodePipeline
#: keeps there: a fleet scales out from the artifact that it was last given. `tradewind releases clean` knows.
RELEASED = Ageing(old_versions_end=30)
