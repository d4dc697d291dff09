"""The regional front door: a load balancer that CloudFront and Route 53's checkers can reach, no other."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import AWSObject, GetAtt, NoValue, Ref, Sub, Tags
from troposphere.certificatemanager import Certificate, DomainValidationOption
from troposphere.ec2 import SecurityGroup, SecurityGroupIngress, SecurityGroupRule
from troposphere.elasticloadbalancingv2 import (
    Action,
    Condition,
    Listener,
    ListenerAttribute,
    ListenerRule,
    ListenerRuleAction,
    LoadBalancer,
    LoadBalancerAttributes,
    Matcher,
    TargetGroup,
    TargetGroupAttribute,
)
from troposphere.elasticloadbalancingv2 import Certificate as ListenerCertificate

from generator.access_lists import ANYWHERE
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Lookup, ManagedPrefixList, Output
from generator.layers.network import Network
from generator.layers.secrets import Secrets
from generator.load_balancing import attributes, header_is, path_is, refusal

#: Where instances serve: TLS up to the instance, with a certificate that it made itself. A load balancer
#: encrypts to its targets and does not verify them; the security groups say who they are.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
FLEET_PORT = 8443

#: The header by which CloudFront shows that a request came through our distribution.
ORIGIN_HEADER = "x-tradewind-origin"

#: What Route 53's health checkers ask for; they can send no header of ours.
HEALTH_PATH, TAKEOVER_PATH = "/healthz", "/takeover"

#: The listener's rules in the order in which they are tried.
THROUGH_CLOUDFRONT, PROBES_NOT_THROUGH_CLOUDFRONT, HEALTH_PROBE, TAKEOVER_PROBE = 10, 20, 30, 40

HTTPS = 443

ELB = "elasticloadbalancing:us-east-1:111111111111"


class FrontDoor(Layer):
    """the load balancer, its certificate, who may reach it, and what it lets through."""

    access_logs_bucket = Handoff(Foundation.access_logs_bucket)
    vpc_id = Input(Network.vpc_id)
    public_subnet_a = Input(Network.public_subnet_a)
    public_subnet_b = Input(Network.public_subnet_b)
    public_subnet_c = Input(Network.public_subnet_c)
    origin_secret_arn = Input(Secrets.origin_secret_arn)
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
        self.doors()
        self.load_balancer()
        self.shop_targets()
        self.listener()
        self.rules()
        self.outputs()

    def certificate(self) -> None:
        """For origin.shop.<domain>, which CloudFront asks for, and for this region's own name below it."""
        names = [
            self.sub("origin.shop.${DomainName}"),
            self.sub("${AWS::Region}.origin.shop.${DomainName}"),
        ]
        self.origin_certificate = self.add(
            Certificate(
                "OriginCertificate",
                DomainName=names[0],
                SubjectAlternativeNames=names[1:],
                ValidationMethod="DNS",
                DomainValidationOptions=[
                    DomainValidationOption(
                        DomainName=name, HostedZoneId=self.settings.hosted_zone_id
                    )
                    for name in names
                ],
                CertificateTransparencyLoggingPreference="ENABLED",
                Tags=Tags(Name=self.named("origin")),
            )
        )

    def doors(self) -> None:
        """Two groups at the load balancer: the two prefix lists together exceed one group's 60 rules."""
        self.fleet_group = self.add(
            SecurityGroup(
                "FleetGroup",
                GroupDescription="Instances of the shop, served by the load balancer only",
                VpcId=self.vpc_id,
                SecurityGroupEgress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        FromPort=HTTPS,
                        ToPort=HTTPS,
                        CidrIp=ANYWHERE,
                        Description="AWS APIs and package repositories, over HTTPS",
                    )
                ],
                Tags=Tags(Name=self.named("fleet")),
            )
        )
        self.cloudfront_door = self.door(
            "CloudFrontDoor", self.cloudfront_addresses, "HTTPS from CloudFront"
        )
        self.health_checker_door = self.door(
            "HealthCheckerDoor", self.health_checker_addresses, "HTTPS from the health checkers"
        )

    def door(self, title: str, addresses: Ref, says: str) -> AWSObject:
        door = self.add(
            SecurityGroup(
                title,
                GroupDescription=f"{says}, and on to the fleet",
                VpcId=self.vpc_id,
                SecurityGroupIngress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        FromPort=HTTPS,
                        ToPort=HTTPS,
                        SourcePrefixListId=addresses,
                        Description=says,
                    )
                ],
                SecurityGroupEgress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        FromPort=FLEET_PORT,
                        ToPort=FLEET_PORT,
                        DestinationSecurityGroupId=GetAtt(self.fleet_group, "GroupId"),
                        Description="To the fleet",
                    )
                ],
                Tags=Tags(Name=self.named(title.lower())),
            )
        )
        self.add(
            SecurityGroupIngress(
                f"FleetBehind{title}",
                GroupId=GetAtt(self.fleet_group, "GroupId"),
                IpProtocol="tcp",
                FromPort=FLEET_PORT,
                ToPort=FLEET_PORT,
                SourceSecurityGroupId=GetAtt(door, "GroupId"),
                Description=says,
            )
        )
        return door

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
                Subnets=[
                    self.public_subnet_a,
                    self.public_subnet_b,
                    self.choose(Conditions.third_zone, self.public_subnet_c, NoValue),
                ],
                SecurityGroups=[
                    GetAtt(door, "GroupId")
                    for door in (self.cloudfront_door, self.health_checker_door)
                ],
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

    def shop_targets(self) -> None:
        """A cart stays with its instance (row R3); an instance that answers badly gets less to do."""
        self.targets = self.add(
            TargetGroup(
                "ShopTargets",
                TargetType="instance",
                VpcId=self.vpc_id,
                Protocol="HTTPS",
                Port=FLEET_PORT,
                HealthCheckProtocol="HTTPS",
                HealthCheckPath=HEALTH_PATH,
                HealthCheckIntervalSeconds=10,
                HealthCheckTimeoutSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=3,
                Matcher=Matcher(HttpCode="200"),
                TargetGroupAttributes=attributes(
                    TargetGroupAttribute,
                    {
                        "deregistration_delay.timeout_seconds": "60",
                        "load_balancing.algorithm.type": "weighted_random",
                        "load_balancing.algorithm.anomaly_mitigation": "on",
                        "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
                        "stickiness.enabled": "true",
                        "stickiness.type": "app_cookie",
                        "stickiness.app_cookie.cookie_name": "cart",
                        "stickiness.app_cookie.duration_seconds": "86400",
                    },
                ),
                Tags=Tags(Name=self.named("shop")),
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
                Certificates=[ListenerCertificate(CertificateArn=Ref(self.origin_certificate))],
                DefaultActions=[Action(Type="fixed-response", FixedResponseConfig=refusal())],
                ListenerAttributes=attributes(
                    ListenerAttribute, {"routing.http.response.server.enabled": "false"}
                ),
            )
        )

    def rules(self) -> None:
        """Our distribution passes. Probes pass bare, but not through anybody's CloudFront, where all the
        world could flood them: CloudFront always sends X-Amz-Cf-Id, Route 53's checkers never do.

        The rule for `TAKEOVER_PROBE` is the Takeover layer's.
        """
        to_shop = ListenerRuleAction(Type="forward", TargetGroupArn=Ref(self.targets))
        refuse = ListenerRuleAction(Type="fixed-response", FixedResponseConfig=refusal())
        self.rule("OurDistributionPasses", THROUGH_CLOUDFRONT, [self.origin_header()], to_shop)
        self.rule(
            "ProbesComeDirectly",
            PROBES_NOT_THROUGH_CLOUDFRONT,
            [path_is(HEALTH_PATH, TAKEOVER_PATH), header_is("x-amz-cf-id", ["*"])],
            refuse,
        )
        self.rule("HealthProbePasses", HEALTH_PROBE, [path_is(HEALTH_PATH)], to_shop)

    def origin_header(self) -> Condition:
        """The current origin secret, and the previous one while `origin_secret_rotating` is on.

        Switching that toggle, on or off, changes this rule, and only then does CloudFormation read the
        secret anew: a dynamic reference by itself does not follow a rotation.
        """

        def held(key: str) -> Sub:
            return Sub(f"{{{{resolve:secretsmanager:${{Secret}}:SecretString:{key}}}}}", Secret=arn)

        arn = self.origin_secret_arn
        previous = self.choose(Conditions.origin_secret_rotating, held("previous"), NoValue)
        return header_is(ORIGIN_HEADER, [held("current"), previous])

    def rule(
        self,
        title: str,
        priority: int,
        conditions: Iterable[Condition],
        action: ListenerRuleAction,
    ) -> None:
        self.add(
            ListenerRule(
                title,
                ListenerArn=Ref(self.https),
                Priority=priority,
                Conditions=list(conditions),
                Actions=[action],
            )
        )

    def outputs(self) -> None:
        self.alb_arn = Ref(self.balancer)
        self.alb_label = GetAtt(self.balancer, "LoadBalancerFullName")
        self.alb_dns_name = GetAtt(self.balancer, "DNSName")
        self.alb_zone_id = GetAtt(self.balancer, "CanonicalHostedZoneID")
        self.listener_arn = Ref(self.https)
        self.certificate_arn = Ref(self.origin_certificate)
        self.fleet_security_group_id = GetAtt(self.fleet_group, "GroupId")
        self.target_group_arn = Ref(self.targets)
        self.target_group_name = GetAtt(self.targets, "TargetGroupName")
        self.target_group_label = GetAtt(self.targets, "TargetGroupFullName")
