"""The grant to use a KMS key: half of every grant on what a key encrypts."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import kms
from awacs.aws import Statement, StringEquals
from troposphere import Sub

from generator.grants.statements import Arn, allow


@dataclass(frozen=True)
class Key:
    """A KMS key, used only through the service that holds the data (`via`, such as `s3`)."""

    arn: Arn
    via: str

    def decrypt(self) -> Statement:
        """Read what the key encrypts."""
        return allow([kms.Decrypt], [self.arn], self._through_service())

    def encrypt(self) -> Statement:
        """Write under the key."""
        return allow([kms.GenerateDataKey, kms.Decrypt], [self.arn], self._through_service())

    def _through_service(self) -> StringEquals:
        return StringEquals(
            "kms:ViaService", Sub(f"{self.via}.${{AWS::Region}}.${{AWS::URLSuffix}}")
        )
