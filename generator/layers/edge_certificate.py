"""The certificate that customers see: CloudFront takes it from us-east-1 alone."""

from __future__ import annotations

from troposphere import Ref, Tags
from troposphere.certificatemanager import Certificate, DomainValidationOption

from generator.layer import Layer, Output


class EdgeCertificate(Layer):
    """the certificate of the shop's name, validated by DNS.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    shop_certificate_arn = Output(
        example="arn:aws:acm:us-east-1:111111111111:certificate/11111111-1111-1111-1111-111111111111"
    )

    def build(self) -> None:
        name = self.sub("shop.${DomainName}")
        certificate = self.add(
            Certificate(
                "ShopCertificate",
                DomainName=name,
                ValidationMethod="DNS",
                DomainValidationOptions=[
                    DomainValidationOption(
                        DomainName=name, HostedZoneId=self.settings.hosted_zone_id
                    )
                ],
                CertificateTransparencyLoggingPreference="ENABLED",
                Tags=Tags(Name=self.named("shop")),
            )
        )
        self.shop_certificate_arn = Ref(certificate)
