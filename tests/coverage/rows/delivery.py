"""P1 and I3: CloudFront, from its certificate to what it logs."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import EDGE, Claim, Every, Having, Some, row
from tests.coverage.contents import Holds, Item, Only, Refers
from tests.coverage.expectations import Absent, AtLeast, AtMost, Given
from tests.coverage.rows.names import CERTIFICATE, RECORD

DISTRIBUTION = "AWS::CloudFront::Distribution"
CONFIG = "DistributionConfig"
ORIGINS = f"{CONFIG}.Origins"
POLICY = "CachePolicyConfig"

#: AWS's own CachingDisabled and AllViewerExceptHostHeader.
#: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
UNCACHED, ALL_BUT_HOST = (
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "b689b0a8-53d0-40ab-baf2-68738e2966ac",
)


def distribution(has: Having) -> Every:
    """What the distribution has."""
    return Every(DISTRIBUTION, {f"{CONFIG}.{path}": wanted for path, wanted in has.items()})


def behavior(path: str, **has: Any) -> Claim:
    """How a path is delivered: over HTTPS, compressed, with the security headers."""
    return Claim(
        f"{path} is {'cached' if 'cached' in has else 'passed on'}",
        distribution(
            {
                f"CacheBehaviors[PathPattern={path}].{name}": wanted
                for name, wanted in {
                    "TargetOriginId": has["origin"],
                    "CachePolicyId": has.get("cached", UNCACHED),
                    "ResponseHeadersPolicyId": Refers("delivery-policies/SecurityHeaders"),
                    "ViewerProtocolPolicy": "redirect-to-https",
                    "Compress": True,
                    **({} if "cached" in has else {"OriginRequestPolicyId": ALL_BUT_HOST}),
                }.items()
            }
        ),
        EDGE,
    )


FILES = Refers("delivery-policies/Files")
PAGES = Refers("delivery-policies/Pages")


def cache_policy(title: str, longest: int) -> Claim:
    """How long CloudFront keeps what is of a kind, in either compression, without cookies."""
    forwarded = f"{POLICY}.ParametersInCacheKeyAndForwardedToOrigin"
    return Claim(
        f"a cache policy of its own for {title}",
        Some(
            "AWS::CloudFront::CachePolicy",
            {
                f"{POLICY}.Name": f"tradewind-{{environment}}-{title}",
                f"{POLICY}.MaxTTL": AtMost(longest),
                f"{POLICY}.DefaultTTL": AtLeast(1),
                f"{forwarded}.EnableAcceptEncodingBrotli": True,
                f"{forwarded}.EnableAcceptEncodingGzip": True,
                f"{forwarded}.CookiesConfig.CookieBehavior": "none",
            },
            times=1,
        ),
        EDGE,
    )


def group(identifier: str, *origins: str) -> Claim:
    """An origin group: the primary's origin, then the standby's, on errors of the server."""
    return Claim(
        f"reads of {identifier} fail over by an origin group",
        distribution(
            {
                f"OriginGroups.Items[Id={identifier}].FailoverCriteria.StatusCodes.Items": Only(
                    500, 502, 503, 504
                ),
                f"OriginGroups.Items[Id={identifier}].Members.Items": [
                    {"OriginId": origin} for origin in origins
                ],
            }
        ),
        EDGE,
    )


P1 = row(
    "P1",
    "CloudFront for static and product content",
    *(
        Claim(
            f"{identifier}: the bucket of the {role}, by origin access control",
            distribution(
                {
                    f"Origins[Id={identifier}].DomainName": Refers(
                        "foundation/ImagesBucket", region=f"{{{role}}}"
                    ),
                    f"Origins[Id={identifier}].OriginAccessControlId": Refers(
                        "AWS::CloudFront::OriginAccessControl"
                    ),
                }
            ),
            EDGE,
        )
        for identifier, role in (("images", "primary"), ("images-standby", "standby"))
    ),
    Claim(
        "which signs every request",
        Every(
            "AWS::CloudFront::OriginAccessControl",
            {
                "OriginAccessControlConfig.OriginAccessControlOriginType": "s3",
                "OriginAccessControlConfig.SigningBehavior": "always",
                "OriginAccessControlConfig.SigningProtocol": "sigv4",
            },
        ),
        EDGE,
    ),
    cache_policy("files", 31_536_000),
    cache_policy("pages", 3600),
    behavior("/images/*", origin="files", cached=FILES),
    behavior("/static/*", origin="pages", cached=FILES),
    behavior("/products*", origin="pages", cached=PAGES),
    behavior("/categories*", origin="pages", cached=PAGES),
    behavior("/checkout*", origin="shop"),
    behavior("/cart*", origin="shop"),
    behavior("/api/*", origin="shop"),
    Claim(
        "what has no rule of its own is not cached, and compressed",
        distribution(
            {
                "DefaultCacheBehavior.CachePolicyId": UNCACHED,
                "DefaultCacheBehavior.Compress": True,
                "DefaultCacheBehavior.ResponseHeadersPolicyId": Refers(
                    "delivery-policies/SecurityHeaders"
                ),
            }
        ),
        EDGE,
    ),
    group("pages", "shop", "shop-standby"),
    group("files", "images", "images-standby"),
    *(
        Claim(
            f"{identifier} is told that a request came through CloudFront",
            distribution(
                {
                    f"Origins[Id={identifier}].OriginCustomHeaders": Item(
                        {
                            "HeaderName": "x-tradewind-origin",
                            "HeaderValue": Refers("secrets/OriginSecret", region="{primary}"),
                        }
                    )
                }
            ),
            EDGE,
        )
        for identifier in ("shop", "shop-standby")
    ),
    Claim("HTTP/3", distribution({"HttpVersion": "http2and3"}), EDGE),
    Claim(
        "access logs, to the logs bucket",
        Some(
            "AWS::Logs::DeliverySource",
            {"LogType": "ACCESS_LOGS", "ResourceArn": Refers(DISTRIBUTION)},
        ),
        EDGE,
    ),
    Claim(
        "which are delivered to it",
        Some(
            "AWS::Logs::Delivery",
            {
                "DeliverySourceName": Refers("AWS::Logs::DeliverySource"),
                "DeliveryDestinationArn->DestinationResourceArn": Refers("foundation/LogsBucket"),
            },
        ),
        EDGE,
    ),
    Claim(
        "every country is answered, unless some are named",
        distribution({"Restrictions.GeoRestriction.RestrictionType": "none"}),
        EDGE,
    ),
    Claim(
        "named, it is those alone",
        distribution(
            {
                "Restrictions.GeoRestriction.RestrictionType": "whitelist",
                "Restrictions.GeoRestriction.Locations": Only("DE", "FR"),
            }
        ),
        EDGE.having(allowed_countries="DE,FR"),
    ),
)

HEADERS = "ResponseHeadersPolicyConfig.SecurityHeadersConfig"

I3 = row(
    "I3",
    "CloudFront with a certificate",
    Claim(
        "a certificate for the shop, validated by DNS",
        Some(
            CERTIFICATE,
            {
                "DomainName": "shop.{domain}",
                "ValidationMethod": "DNS",
                "DomainValidationOptions[*].HostedZoneId": Given(),
            },
            times=1,
        ),
        EDGE,
    ),
    Claim(
        "on the distribution, under the shop's own name",
        distribution(
            {
                "ViewerCertificate.AcmCertificateArn": Refers("edge-certificate/ShopCertificate"),
                "ViewerCertificate.CloudFrontDefaultCertificate": Absent(True),
                "Aliases": ["shop.{domain}"],
            }
        ),
        EDGE,
    ),
    *(
        Claim(
            f"the name leads there ({kind})",
            Some(
                RECORD,
                {
                    "Name": "shop.{domain}",
                    "Type": kind,
                    "AliasTarget.DNSName": Refers(DISTRIBUTION),
                    "AliasTarget.EvaluateTargetHealth": False,
                },
                times=1,
            ),
            EDGE,
        )
        for kind in ("A", "AAAA")
    ),
    Claim(
        "security headers",
        Every(
            "AWS::CloudFront::ResponseHeadersPolicy",
            {
                f"{HEADERS}.StrictTransportSecurity.AccessControlMaxAgeSec": AtLeast(31_536_000),
                f"{HEADERS}.StrictTransportSecurity.IncludeSubdomains": True,
                f"{HEADERS}.StrictTransportSecurity.Override": True,
                f"{HEADERS}.ContentSecurityPolicy.ContentSecurityPolicy": Holds(
                    "default-src 'none'", "frame-ancestors 'none'"
                ),
                f"{HEADERS}.ContentTypeOptions.Override": True,
                f"{HEADERS}.FrameOptions.FrameOption": "DENY",
                f"{HEADERS}.ReferrerPolicy.ReferrerPolicy": "strict-origin-when-cross-origin",
            },
        ),
        EDGE,
    ),
)
