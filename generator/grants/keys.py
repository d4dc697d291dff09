"""The grant to use a KMS key: half of every grant on what a key encrypts."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import kms
from awacs.aws import Statement, StringEquals
from troposphere import Ref, Sub

from generator.grants.statements import Arn, allow

#: The stack's own region, where most of what it names is.
HERE = Ref("AWS::Region")


@dataclass(frozen=True)
class Key:
    """A KMS key, used only through the service that holds the data (`via`, such as `s3`), in its region."""

    arn: Arn
    via: str
    region: Arn = HERE

    def decrypt(self) -> Statement:
        """Read what the key encrypts."""
        return allow([kms.Decrypt], [self.arn], self._through_service())

    def encrypt(self) -> Statement:
        """Write under the key."""
        return allow([kms.GenerateDataKey, kms.Decrypt], [self.arn], self._through_service())

    def _through_service(self) -> StringEquals:
        named = isinstance(self.region, Ref)
        region = f"${{{self.region.data['Ref']}}}" if named else self.region
        return StringEquals("kms:ViaService", Sub(f"{self.via}.{region}.${{AWS::URLSuffix}}"))
