"""The regional front door: a load balancer that CloudFront and Route 53's checkers can reach, no other."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Tags
from troposphere.elasticloadbalancingv2 import (
    Action,
    Certificate,
    Listener,
    ListenerAttribute,
    LoadBalancer,
    LoadBalancerAttributes,
)
from troposphere.wafv2 import WebACLAssociation

from generator.certificates import certificate
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Lookup, ManagedPrefixList, Output
from generator.layers.firewall import Firewall
from generator.layers.front_door_groups import groups
from generator.layers.front_door_rules import rules
from generator.layers.front_door_targets import shop_targets
from generator.layers.network import Network
from generator.layers.secrets import Secrets
from generator.load_balancing import attributes, refusal
from generator.security import HTTPS
from generator.zones import in_every_zone

ELB = "elasticloadbalancing:us-east-1:111111111111"


class FrontDoor(Layer):
    """the load balancer, its certificate, who may reach it, and what it lets through."""

    access_logs_bucket = Handoff(Foundation.access_logs_bucket)
    vpc_id = Input(Network.vpc_id)
    public_subnet_a = Input(Network.public_subnet_a)
    public_subnet_b = Input(Network.public_subnet_b)
    public_subnet_c = Input(Network.public_subnet_c)
    origin_secret_arn = Input(Secrets.origin_secret_arn)
    shop_acl_arn = Input(Firewall.shop_acl_arn)
    cloudfront_addresses = Lookup(
        ManagedPrefixList("com.amazonaws.global.cloudfront.origin-facing"), example="pl-3b927c52"
    )
    health_checker_addresses = Lookup(
        ManagedPrefixList("com.amazonaws.{region}.route53-healthchecks"),
        example="pl-0123456789abcdef0",
    )

    alb_arn = Output(example=f"arn:aws:{ELB}:loadbalancer/app/shop/0123456789abcdef")
    alb_label = Output(
        example="app/shop/0123456789abcdef", help="The load balancer's name in CloudWatch."
    )
    alb_dns_name = Output(example="shop-1234567890.us-east-1.elb.amazonaws.com")
    alb_zone_id = Output(example="Z35SXDOTRQ7X7K")
    listener_arn = Output(
        example=f"arn:aws:{ELB}:listener/app/shop/0123456789abcdef/0123456789abcdef"
    )
    certificate_arn = Output(
        example="arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-0000-0000-000000000000"
    )
    fleet_security_group_id = Output("AWS::EC2::SecurityGroup::Id", example="sg-0123456789abcdef0")
    target_group_arn = Output(example=f"arn:aws:{ELB}:targetgroup/shop/0123456789abcdef")
    target_group_name = Output(example="shop")
    target_group_label = Output(
        example="targetgroup/shop/0123456789abcdef", help="The target group's name in CloudWatch."
    )

    def build(self) -> None:
        self.certificate()
        self.groups = groups(self)
        self.load_balancer()
        self.behind_the_web_acl()
        self.targets = shop_targets(self)
        self.listener()
        rules(self, self.https, self.targets)
        self.outputs()

    def certificate(self) -> None:
        """For origin.shop.<domain>, which CloudFront asks for, and for this region's own name below it."""
        self.origin_certificate = certificate(
            self,
            "OriginCertificate",
            "origin",
            self.sub("origin.shop.${DomainName}"),
            self.sub("${AWS::Region}.origin.shop.${DomainName}"),
        )

    def load_balancer(self) -> None:
        """Keep-alive is 60 s, not the default hour: a pooled connection must not outlive a DNS flip.

        It has a name, by which the other region's dashboard finds its metrics.
        """
        self.balancer = self.add(
            LoadBalancer(
                "LoadBalancer",
                Name=self.named_everywhere("shop"),
                Type="application",
                Scheme="internet-facing",
                IpAddressType="ipv4",
                Subnets=in_every_zone(
                    self, self.public_subnet_a, self.public_subnet_b, self.public_subnet_c
                ),
                SecurityGroups=[GetAtt(door, "GroupId") for door in self.groups.doors],
                LoadBalancerAttributes=attributes(
                    LoadBalancerAttributes,
                    {
                        "access_logs.s3.enabled": "true",
                        "access_logs.s3.bucket": self.access_logs_bucket,
                        "access_logs.s3.prefix": "requests",
                        "connection_logs.s3.enabled": "true",
                        "connection_logs.s3.bucket": self.access_logs_bucket,
                        "connection_logs.s3.prefix": "connections",
                        "client_keep_alive.seconds": "60",
                        "deletion_protection.enabled": self.choose(
                            Conditions.deletion_protection, "true", "false"
                        ),
                        "idle_timeout.timeout_seconds": "60",
                        "routing.http.desync_mitigation_mode": "strictest",
                        "routing.http.drop_invalid_header_fields.enabled": "true",
                        "routing.http.xff_header_processing.mode": "append",
                        "routing.http2.enabled": "true",
                        "waf.fail_open.enabled": "false",
                        "zonal_shift.config.enabled": "true",
                    },
                ),
                Tags=Tags(Name=self.named("shop")),
            )
        )

    def behind_the_web_acl(self) -> None:
        self.add(
            WebACLAssociation(
                "LoadBalancerBehindAcl",
                ResourceArn=Ref(self.balancer),
                WebACLArn=self.shop_acl_arn,
                **self.only(Conditions.waf),
            )
        )

    def listener(self) -> None:
        """Port 443 and no other; what no rule lets through is refused here."""
        self.https = self.add(
            Listener(
                "HttpsListener",
                LoadBalancerArn=Ref(self.balancer),
                Protocol="HTTPS",
                Port=HTTPS,
                SslPolicy="ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
                Certificates=[Certificate(CertificateArn=Ref(self.origin_certificate))],
                DefaultActions=[Action(Type="fixed-response", FixedResponseConfig=refusal())],
                ListenerAttributes=attributes(
                    ListenerAttribute, {"routing.http.response.server.enabled": "false"}
                ),
            )
        )

    def outputs(self) -> None:
        self.alb_arn = Ref(self.balancer)
        self.alb_label = GetAtt(self.balancer, "LoadBalancerFullName")
        self.alb_dns_name = GetAtt(self.balancer, "DNSName")
        self.alb_zone_id = GetAtt(self.balancer, "CanonicalHostedZoneID")
        self.listener_arn = Ref(self.https)
        self.certificate_arn = Ref(self.origin_certificate)
        self.fleet_security_group_id = GetAtt(self.groups.fleet, "GroupId")
        self.target_group_arn = Ref(self.targets)
        self.target_group_name = GetAtt(self.targets, "TargetGroupName")
        self.target_group_label = GetAtt(self.targets, "TargetGroupFullName")
