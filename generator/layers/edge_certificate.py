"""The certificate that customers see: CloudFront takes it from us-east-1 alone."""

from __future__ import annotations

from troposphere import Ref

from generator.certificates import certificate
from generator.layer import Layer, Output


class EdgeCertificate(Layer):
    """the certificate of the shop's name, validated by DNS.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    shop_certificate_arn = Output(
        example="arn:aws:acm:us-east-1:111111111111:certificate/11111111-1111-1111-1111-111111111111"
    )

    def build(self) -> None:
        shop = certificate(self, "ShopCertificate", "shop", self.sub("shop.${DomainName}"))
        self.shop_certificate_arn = Ref(shop)
