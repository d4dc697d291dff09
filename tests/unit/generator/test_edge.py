"""What a customer meets first: the distribution, its name and certificate, and what it keeps."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import pytest

from generator import shop_paths
from generator.conditions import Conditions
from generator.layers.delivery import ALL_VIEWER_EXCEPT_HOST_HEADER, CACHING_DISABLED, Delivery
from generator.layers.delivery_logs import DeliveryLogs
from generator.layers.delivery_policies import DeliveryPolicies
from generator.layers.edge_certificate import EdgeCertificate
from generator.layers.edge_firewall import EdgeFirewall
from generator.layers.edge_names import EdgeNames
from generator.layers.secrets import Secrets
from tests.unit.generator.resolved import Made

#: staging's regions: the primary and the standby in Europe, the edge in a region of its own.
APART = {
    "region_role": "edge",
    "edge_apart": "true",
    "primary_region": "eu-west-1",
    "standby_region": "eu-central-1",
    "peer_region": "eu-west-1",
    "origin_secret_arn": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:origin-header-AbCdEf",
    "images_bucket": "images-eu-west-1",
    "standby_images_bucket": "images-eu-central-1",
    "standby_origin_name": "eu-central-1.origin.shop.example.com",
}

READS = {"GET", "HEAD", "OPTIONS"}


def distribution(**settings: str) -> Any:
    """The distribution of an edge apart."""
    return Made(Delivery, **{**APART, **settings})["Distribution"]["DistributionConfig"]


def behaviour(path: str) -> Any:
    """What CloudFront does with a path: the first behaviour that matches, else the default."""
    config = distribution()
    matching = (b for b in config["CacheBehaviors"] if fnmatchcase(path, b["PathPattern"]))
    return next(matching, config["DefaultCacheBehavior"])


def origin(name: str, **settings: str) -> Any:
    return next(o for o in distribution(**settings)["Origins"] if o["Id"] == name)


def members(group: str) -> list[str]:
    (found,) = [g for g in distribution()["OriginGroups"]["Items"] if g["Id"] == group]
    return [member["OriginId"] for member in found["Members"]["Items"]]


def headers_policy() -> Any:
    return Made(DeliveryPolicies)["SecurityHeaders"]["ResponseHeadersPolicyConfig"]


def test_customers_come_by_the_shops_name_over_modern_tls_ipv6_and_http3() -> None:
    config = distribution()
    assert config["Aliases"] == ["shop.example.com"]
    assert config["HttpVersion"] == "http2and3"
    assert config["IPV6Enabled"] is True
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": EdgeCertificate.shop_certificate_arn.example,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }


def test_nobody_is_answered_in_the_clear() -> None:
    config = distribution()
    every = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert {b["ViewerProtocolPolicy"] for b in every} == {"redirect-to-https"}


def test_the_certificate_is_the_shops_and_validated_by_dns() -> None:
    certificate = Made(EdgeCertificate)["ShopCertificate"]
    assert certificate["DomainName"] == "shop.example.com"
    assert certificate["ValidationMethod"] == "DNS"
    assert certificate["DomainValidationOptions"] == [
        {"DomainName": "shop.example.com", "HostedZoneId": "Z0123456789ABC"}
    ]


@pytest.mark.parametrize(("title", "kind"), [("ShopIpv4", "A"), ("ShopIpv6", "AAAA")])
def test_the_shops_name_leads_to_the_distribution(title: str, kind: str) -> None:
    record = Made(EdgeNames)[title]
    assert (record["Name"], record["Type"]) == ("shop.example.com", kind)
    assert record["AliasTarget"]["DNSName"] == Delivery.distribution_name.example
    assert record["AliasTarget"]["EvaluateTargetHealth"] is False


@pytest.mark.parametrize(
    ("path", "origin"), [("/images/a.webp", "files"), ("/static/0123/style.css", "pages")]
)
def test_images_come_from_the_buckets_the_shops_files_from_it_and_both_are_kept_for_long(
    path: str, origin: str
) -> None:
    found = behaviour(path)
    assert found["TargetOriginId"] == origin
    assert found["CachePolicyId"] == DeliveryPolicies.files_policy_id.example
    assert found["Compress"] is True
    kept = Made(DeliveryPolicies)["Files"]["CachePolicyConfig"]
    assert kept["DefaultTTL"] >= 86_400


@pytest.mark.parametrize("path", ["/index.html", "/products/42", "/categories/shoes", "/search"])
def test_pages_of_the_catalogue_are_kept_for_a_minute_by_what_matters_to_them(path: str) -> None:
    found = behaviour(path)
    assert found["TargetOriginId"] == "pages"
    assert found["CachePolicyId"] == DeliveryPolicies.pages_policy_id.example
    kept = Made(DeliveryPolicies)["Pages"]["CachePolicyConfig"]
    assert kept["DefaultTTL"] == 60
    key = kept["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["QueryStringsConfig"]["QueryStringBehavior"] == "whitelist"
    assert "q" in key["QueryStringsConfig"]["QueryStrings"]


@pytest.mark.parametrize("title", ["Files", "Pages"])
def test_what_is_kept_knows_no_customer(title: str) -> None:
    """With a cookie in the key or on the way to the shop, one customer's page could reach another."""
    kept = Made(DeliveryPolicies)[title]["CachePolicyConfig"]
    key = kept["ParametersInCacheKeyAndForwardedToOrigin"]
    assert key["CookiesConfig"] == {"CookieBehavior": "none"}
    assert key["HeadersConfig"] == {"HeaderBehavior": "none"}
    for path in ("/images/a.webp", "/products/42"):
        assert "OriginRequestPolicyId" not in behaviour(path)


@pytest.mark.parametrize("path", ["/cart", "/checkout/pay", "/login", "/api/orders"])
def test_transactions_are_never_kept_and_reach_the_shop_whole(path: str) -> None:
    found = behaviour(path)
    assert found["CachePolicyId"] == CACHING_DISABLED
    assert found["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER
    assert "POST" in found["AllowedMethods"]
    assert found["TargetOriginId"] == "shop"


def test_a_path_that_nobody_named_is_not_kept_and_not_written_to() -> None:
    found = behaviour("/account")
    assert found["CachePolicyId"] == CACHING_DISABLED
    assert set(found["AllowedMethods"]) == READS


def test_only_reads_go_to_a_group() -> None:
    """CloudFront refuses a group for a behaviour that takes writes: a checkout is never tried twice."""
    config = distribution()
    for one in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        if one["TargetOriginId"] in ("pages", "files"):
            assert set(one["AllowedMethods"]) == READS


def test_a_page_is_asked_of_whoever_takes_orders_then_of_the_standby() -> None:
    assert members("pages") == ["shop", "shop-standby"]
    assert origin("shop")["DomainName"] == "origin.shop.example.com"
    assert origin("shop-standby")["DomainName"] == "eu-central-1.origin.shop.example.com"


def test_a_file_is_asked_of_the_primarys_bucket_then_of_the_standbys() -> None:
    assert members("files") == ["images", "images-standby"]
    assert origin("images")["DomainName"] == "images-eu-west-1.s3.eu-west-1.amazonaws.com"
    assert (
        origin("images-standby")["DomainName"]
        == "images-eu-central-1.s3.eu-central-1.amazonaws.com"
    )


def test_the_second_member_is_asked_when_the_first_fails() -> None:
    for group in distribution()["OriginGroups"]["Items"]:
        assert set(group["FailoverCriteria"]["StatusCodes"]["Items"]) == {500, 502, 503, 504}
    for one in distribution()["Origins"]:
        assert one["ConnectionAttempts"] * one["ConnectionTimeout"] <= 10


def test_the_buckets_are_read_by_signed_requests_only() -> None:
    made = Made(Delivery, **APART)
    signed = made["ImagesAccess"]["OriginAccessControlConfig"]
    assert (signed["SigningBehavior"], signed["SigningProtocol"]) == ("always", "sigv4")
    for name in ("images", "images-standby"):
        assert origin(name)["OriginAccessControlId"]
        assert origin(name)["S3OriginConfig"] == {"OriginAccessIdentity": ""}


@pytest.mark.parametrize("name", ["shop", "shop-standby"])
def test_a_load_balancer_is_asked_over_tls_and_shown_the_origin_secret(name: str) -> None:
    config = origin(name)["CustomOriginConfig"]
    assert config["OriginProtocolPolicy"] == "https-only"
    assert config["OriginSSLProtocols"] == ["TLSv1.2"]
    (header,) = origin(name)["OriginCustomHeaders"]
    assert header["HeaderName"] == "x-tradewind-origin"


def test_the_secret_is_read_from_the_replica_beside_the_distribution() -> None:
    """A dynamic reference is resolved in its stack's own region."""
    (header,) = origin("shop")["OriginCustomHeaders"]
    assert header["HeaderValue"] == (
        "{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:111111111111:secret:"
        "origin-header-AbCdEf:SecretString:current}}"
    )


def test_an_edge_apart_has_a_replica_of_the_origin_secret_under_its_own_key_and_no_other() -> None:
    def regions(**facts: str) -> dict[str, list[str]]:
        made = Made(Secrets, region="eu-west-1", **{**APART, "region_role": "primary", **facts})
        secrets = made.of_type("AWS::SecretsManager::Secret")
        return {
            title: [replica["Region"] for replica in secret["ReplicaRegions"]]
            for title, secret in secrets.items()
        }

    apart = regions(peer_region="eu-central-1")
    assert apart["OriginSecret"] == ["eu-central-1", "us-east-1"]
    assert apart["OrdersSecret"] == apart["PaymentSecret"] == ["eu-central-1"]
    assert regions(peer_region="eu-central-1", edge_apart="false")["OriginSecret"] == [
        "eu-central-1"
    ]


def test_switching_the_rotation_makes_cloudformation_read_the_secret_anew() -> None:
    """An unchanged resource is left alone, and a reference that reads the same is no change."""
    rotating = distribution(origin_secret_rotating="true")
    assert rotating != distribution(origin_secret_rotating="false")


def test_the_web_acl_is_on_the_distribution_where_there_is_one() -> None:
    assert EdgeFirewall.condition is Conditions.waf
    assert distribution(waf="true")["WebACLId"] == EdgeFirewall.edge_acl_arn.example
    assert "WebACLId" not in distribution(waf="false")


def test_countries_are_restricted_on_request() -> None:
    assert distribution()["Restrictions"] == {"GeoRestriction": {"RestrictionType": "none"}}
    assert distribution(allowed_countries="DE,FR")["Restrictions"] == {
        "GeoRestriction": {"RestrictionType": "whitelist", "Locations": ["DE", "FR"]}
    }


def test_the_root_is_a_page_that_is_kept() -> None:
    assert f"/{distribution()['DefaultRootObject']}" == shop_paths.HOME
    assert behaviour(shop_paths.HOME)["TargetOriginId"] == "pages"


def test_every_answer_carries_the_security_headers() -> None:
    config = distribution()
    every = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert {b["ResponseHeadersPolicyId"] for b in every} == {
        DeliveryPolicies.headers_policy_id.example
    }


def test_browsers_are_told_to_stay_on_https_and_to_run_nothing_of_others() -> None:
    said = headers_policy()["SecurityHeadersConfig"]
    transport = said["StrictTransportSecurity"]
    assert transport["AccessControlMaxAgeSec"] >= 31_536_000
    assert transport["IncludeSubdomains"] is transport["Preload"] is True
    policy = said["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "*" not in policy
    assert said["FrameOptions"]["FrameOption"] == "DENY"
    assert said["ContentTypeOptions"] == {"Override": True}
    assert all(header["Override"] is True for header in said.values())


def test_no_other_sites_script_may_read_an_answer() -> None:
    assert "CorsConfig" not in headers_policy()


def test_requests_are_logged_to_the_bucket_under_our_key_without_cookies() -> None:
    made = Made(DeliveryLogs)
    assert made["AccessLogs"]["LogType"] == "ACCESS_LOGS"
    assert made["AccessLogs"]["ResourceArn"].endswith(
        f":distribution/{Delivery.distribution_id.example}"
    )
    assert made["ToLogsBucket"]["DestinationResourceArn"] == (
        "arn:aws:s3:::tradewind-dev-logs-111111111111-us-east-1"
    )
