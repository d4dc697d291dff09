"""CloudFront: what customers reach, and where it fetches what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, NoValue, Ref, Split, Tags
from troposphere.cloudfront import (
    CacheBehavior,
    DefaultCacheBehavior,
    Distribution,
    DistributionConfig,
    GeoRestriction,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    OriginGroups,
    Restrictions,
    ViewerCertificate,
)

from generator import origins, shop_paths
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.delivery_policies import DeliveryPolicies
from generator.layers.dns import Dns
from generator.layers.edge_certificate import EdgeCertificate
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.secrets import Secrets
from generator.secret_replicas import replica_arn
from generator.suppressions import accepted

#: Policies that CloudFront has for everybody: keep nothing; pass on all but Host, by which the load balancer
#: knows its certificate.
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

READS = ("GET", "HEAD", "OPTIONS")
WRITES = (*READS, "PUT", "POST", "PATCH", "DELETE")

#: What CloudFront calls an origin, or a group of two.
SHOP, STANDBY, IMAGES, STANDBY_IMAGES = "shop", "shop-standby", "images", "images-standby"
PAGES, FILES = "pages", "files"

#: Why the distribution has no `Logging`.
LOGGED_OTHERWISE = (
    "access logs are delivered by CloudWatch (DeliveryLogs) under our key; what this property asks for "
    "writes only to a bucket with ACLs"
)


class Delivery(Layer):
    """the distribution: its origins, and what it keeps of which path.

    There is no Origin Shield: it would put one region before both, and the shop must survive any region.
    """

    shop_certificate_arn = Input(EdgeCertificate.shop_certificate_arn)
    edge_acl_arn = Input(EdgeFirewall.edge_acl_arn)
    files_policy_id = Input(DeliveryPolicies.files_policy_id)
    pages_policy_id = Input(DeliveryPolicies.pages_policy_id)
    headers_policy_id = Input(DeliveryPolicies.headers_policy_id)
    origin_name = Handoff(Dns.origin_name, of=Where.PRIMARY)
    standby_origin_name = Handoff(Dns.regional_origin_name, of=Where.STANDBY)
    origin_secret_arn = Handoff(Secrets.origin_secret_arn, of=Where.PRIMARY)
    images_bucket = Handoff(Foundation.images_bucket, of=Where.PRIMARY)
    standby_images_bucket = Handoff(Foundation.images_bucket, of=Where.STANDBY)

    distribution_id = Output(
        example="E1A2B3C4D5E6F7", handed_on=True, help="For invalidations, and in CloudWatch."
    )
    distribution_name = Output(
        example="d111111abcdef8.cloudfront.net",
        handed_on=True,
        help="CloudFront's own name of the shop, for whoever looks past DNS.",
    )

    def build(self) -> None:
        self.access_to_images()
        self.distribution()
        self.outputs()

    def access_to_images(self) -> None:
        self.signed = self.add(
            OriginAccessControl(
                "ImagesAccess",
                OriginAccessControlConfig=OriginAccessControlConfig(
                    Name=self.named_everywhere("images"),
                    Description="Tradewind: the images buckets answer this account's distributions",
                    OriginAccessControlOriginType="s3",
                    SigningBehavior="always",
                    SigningProtocol="sigv4",
                ),
            )
        )

    def distribution(self) -> None:
        """The comment changes with a rotation of the origin secret: then, and only then, CloudFormation reads
        the secret anew.
        """
        self.shop = self.add(
            Distribution(
                "Distribution",
                DistributionConfig=DistributionConfig(
                    Enabled=True,
                    Comment=self.choose(
                        Conditions.origin_secret_rotating,
                        self.sub("Tradewind ${Environment}, with a new origin secret"),
                        self.sub("Tradewind ${Environment}"),
                    ),
                    Aliases=[self.sub("shop.${DomainName}")],
                    DefaultRootObject=shop_paths.HOME.removeprefix("/"),
                    HttpVersion="http2and3",
                    IPV6Enabled=True,
                    PriceClass=self.settings.price_class,
                    WebACLId=self.choose(Conditions.waf, self.edge_acl_arn, NoValue),
                    ViewerCertificate=ViewerCertificate(
                        AcmCertificateArn=self.shop_certificate_arn,
                        MinimumProtocolVersion="TLSv1.2_2021",
                        SslSupportMethod="sni-only",
                    ),
                    Restrictions=Restrictions(GeoRestriction=self.countries()),
                    Origins=self.origins(),
                    OriginGroups=self.groups(),
                    **self.behaviours(),
                ),
                Tags=Tags(Name=self.named_everywhere("shop")),
                Metadata=accepted(
                    LOGGED_OTHERWISE,
                    checkov="CKV_AWS_86",
                    cfn_nag="W10",
                    guard="CLOUDFRONT_ACCESSLOGS_ENABLED",
                ),
            )
        )

    def countries(self) -> object:
        return self.choose(
            Conditions.every_country,
            GeoRestriction(RestrictionType="none"),
            GeoRestriction(
                RestrictionType="whitelist",
                Locations=Split(",", self.settings.allowed_countries),
            ),
        )

    def origins(self) -> list[Origin]:
        secret, signed = replica_arn(self.origin_secret_arn), GetAtt(self.signed, "Id")
        primary, standby = self.settings.primary_region, self.settings.standby_region
        return [
            origins.load_balancer(SHOP, self.origin_name, secret),
            origins.load_balancer(STANDBY, self.standby_origin_name, secret),
            origins.bucket(IMAGES, self.images_bucket, primary, signed),
            origins.bucket(STANDBY_IMAGES, self.standby_images_bucket, standby, signed),
        ]

    def groups(self) -> OriginGroups:
        """Pages: the name that fails over by DNS, then the standby's own.

        The other way, with the two regional names, every read would wait for a lost primary, for as long as
        it is lost. After a takeover both members are the standby.
        """
        return origins.groups(**{PAGES: (SHOP, STANDBY), FILES: (IMAGES, STANDBY_IMAGES)})

    def behaviours(self) -> Mapping[str, Any]:
        """By path, the first that matches. What nobody named is not kept, and takes no writes.

        Images come from the buckets; the shop's own files come with its revision, so from the shop.
        """
        files = self.serving(FILES, self.files_policy_id)
        pages = self.serving(PAGES, self.pages_policy_id)
        reads = self.serving(SHOP, CACHING_DISABLED, asked_with=ALL_VIEWER_EXCEPT_HOST_HEADER)
        writes = reads | {"AllowedMethods": list(WRITES)}
        by_path = {
            shop_paths.IMAGES: files,
            shop_paths.STATIC: files | {"TargetOriginId": PAGES},
            **dict.fromkeys(shop_paths.TRANSACTIONS, writes),
            **dict.fromkeys(shop_paths.CATALOGUE, pages),
        }
        return {
            "CacheBehaviors": [
                CacheBehavior(PathPattern=f"{path}*", **behaviour)
                for path, behaviour in by_path.items()
            ],
            "DefaultCacheBehavior": DefaultCacheBehavior(**reads),
        }

    def serving(
        self, target: str, cache_policy: object, asked_with: str | None = None
    ) -> dict[str, Any]:
        """The target's answers to reads: compressed, over HTTPS, with the security headers."""
        asked = {"OriginRequestPolicyId": asked_with} if asked_with else {}
        return {
            "TargetOriginId": target,
            "AllowedMethods": list(READS),
            "CachedMethods": list(READS),
            "CachePolicyId": cache_policy,
            "ResponseHeadersPolicyId": self.headers_policy_id,
            "ViewerProtocolPolicy": "redirect-to-https",
            "Compress": True,
            **asked,
        }

    def outputs(self) -> None:
        self.distribution_id = Ref(self.shop)
        self.distribution_name = GetAtt(self.shop, "DomainName")
