"""Certificates of ACM, for names of the shop: validated in its hosted zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from troposphere import AWSObject, Sub, Tags
from troposphere.certificatemanager import Certificate, DomainValidationOption

if TYPE_CHECKING:
    from generator.layer import Layer


def certificate(layer: Layer, title: str, purpose: str, name: Sub, *others: Sub) -> AWSObject:
    """A certificate of the name, and of the others beside it; it waits until DNS has proven them all."""
    beside: dict[str, Any] = {"SubjectAlternativeNames": list(others)} if others else {}
    return layer.add(
        Certificate(
            title,
            DomainName=name,
            ValidationMethod="DNS",
            DomainValidationOptions=[
                DomainValidationOption(DomainName=each, HostedZoneId=layer.settings.hosted_zone_id)
                for each in (name, *others)
            ],
            CertificateTransparencyLoggingPreference="ENABLED",
            Tags=Tags(Name=layer.named(purpose)),
            **beside,
        )
    )
