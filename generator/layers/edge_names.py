"""The shop's own name, which leads to CloudFront."""

from __future__ import annotations

from troposphere.route53 import RecordSetType
from troposphere.validators.route53 import AliasTarget

from generator.layer import Input, Layer, Output
from generator.layers.delivery import Delivery

#: The zone of every distribution's name.
#: https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"

#: IPv4, IPv6, and the record by which a browser knows of HTTP/3 before it has connected.
#: https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_route53.HttpsRecord.html
RECORDS = {"ShopIpv4": "A", "ShopIpv6": "AAAA", "ShopHttps": "HTTPS"}


class EdgeNames(Layer):
    """the records of shop.<domain>. CloudFront has no health that an alias could follow."""

    distribution_name = Input(Delivery.distribution_name)

    shop_url = Output(
        example="https://shop.example.com", handed_on=True, help="Where customers find the shop."
    )

    def build(self) -> None:
        for title, kind in RECORDS.items():
            self.add(
                RecordSetType(
                    title,
                    HostedZoneId=self.settings.hosted_zone_id,
                    Name=self.sub("shop.${DomainName}"),
                    Type=kind,
                    AliasTarget=AliasTarget(  # type: ignore[no-untyped-call]
                        DNSName=self.distribution_name,
                        HostedZoneId=CLOUDFRONT_ZONE,
                        EvaluateTargetHealth=False,
                    ),
                )
            )
        self.shop_url = self.sub("https://shop.${DomainName}")
