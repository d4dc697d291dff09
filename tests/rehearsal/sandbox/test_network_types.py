"""EC2 and edge types: made by a stack, found by their API."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.sandbox.resource_types import outputs, remove, resource
from tests.rehearsal.sandbox.stacks import Account, output, template

VPC = {
    "Vpc": resource("EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Subnet": resource(
        "EC2::Subnet",
        VpcId={"Ref": "Vpc"},
        CidrBlock="10.0.0.0/24",
        AvailabilityZone="eu-west-1a",
    ),
}


def test_nat_gateway_and_address(account: Account) -> None:
    resources = {
        **VPC,
        "Address": resource("EC2::EIP", Domain="vpc", Tags=[{"Key": "a", "Value": "b"}]),
        "Nat": resource(
            "EC2::NatGateway",
            SubnetId={"Ref": "Subnet"},
            AllocationId={"Fn::GetAtt": ["Address", "AllocationId"]},
        ),
    }
    made = outputs(
        account.create(
            "s",
            template(
                resources, Outputs={"Ip": output({"Ref": "Address"}), "Nat": output({"Ref": "Nat"})}
            ),
        )
    )
    ec2 = account.client("ec2")
    assert [found["PublicIp"] for found in ec2.describe_addresses()["Addresses"]] == [made["Ip"]]
    gateways = ec2.describe_nat_gateways()["NatGateways"]
    assert [gateway["NatGatewayId"] for gateway in gateways] == [made["Nat"]]

    resources["Address"]["Properties"]["Tags"] = [{"Key": "c", "Value": "d"}]
    account.update("s", template(resources))
    tags = ec2.describe_addresses()["Addresses"][0]["Tags"]
    keys = {tag["Key"] for tag in tags if not tag["Key"].startswith("aws:")}
    assert keys == {"c"}

    remove(account, "s")
    assert ec2.describe_addresses()["Addresses"] == []
    assert ec2.describe_nat_gateways()["NatGateways"][0]["State"] == "deleted"


def test_flow_log(account: Account) -> None:
    log = resource(
        "EC2::FlowLog",
        ResourceId={"Ref": "Vpc"},
        ResourceType="VPC",
        TrafficType="REJECT",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::logs",
    )
    account.create("s", template({**VPC, "Log": log}))
    ec2 = account.client("ec2")
    found = ec2.describe_flow_logs()["FlowLogs"]
    assert [(log["TrafficType"], log["LogDestinationType"]) for log in found] == [("REJECT", "s3")]
    remove(account, "s")
    assert ec2.describe_flow_logs()["FlowLogs"] == []


def test_network_acl_and_its_entry(account: Account) -> None:
    def acl(action: str) -> Any:
        entry = resource(
            "EC2::NetworkAclEntry",
            NetworkAclId={"Ref": "Acl"},
            RuleNumber=100,
            Protocol=6,
            RuleAction=action,
            CidrBlock="0.0.0.0/0",
            PortRange={"From": 443, "To": 443},
        )
        made = resource("EC2::NetworkAcl", VpcId={"Ref": "Vpc"})
        return template({**VPC, "Acl": made, "Entry": entry})

    def entries() -> list[str]:
        listed = account.client("ec2").describe_network_acls()["NetworkAcls"]
        own = [found for found in listed if not found["IsDefault"]]
        return [
            entry["RuleAction"]
            for found in own
            for entry in found["Entries"]
            if entry["RuleNumber"] == 100
        ]

    account.create("s", acl("allow"))
    assert entries() == ["allow"]
    account.update("s", acl("deny"))
    assert entries() == ["deny"]
    remove(account, "s")
    assert entries() == []


def test_rules_of_a_security_group(account: Account) -> None:
    def rules(port: int) -> Any:
        group = resource("EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "Vpc"})
        common = {
            "GroupId": {"Fn::GetAtt": ["Group", "GroupId"]},
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
        }
        ingress = resource("EC2::SecurityGroupIngress", SourcePrefixListId="pl-1234", **common)
        egress = resource("EC2::SecurityGroupEgress", CidrIp="10.0.0.0/8", **common)
        return template({**VPC, "Group": group, "In": ingress, "Out": egress})

    def found() -> Any:
        groups = account.client("ec2").describe_security_groups()["SecurityGroups"]
        return next(group for group in groups if group["Description"] == "g")

    account.create("s", rules(443))
    ingress = found()["IpPermissions"]
    assert [(rule["FromPort"], rule["PrefixListIds"]) for rule in ingress] == [
        (443, [{"PrefixListId": "pl-1234"}])
    ]
    assert 443 in {rule.get("FromPort") for rule in found()["IpPermissionsEgress"]}
    account.update("s", rules(8443))
    assert [rule["FromPort"] for rule in found()["IpPermissions"]] == [8443]
    account.update("s", template({**VPC, "Group": rules(1)["Resources"]["Group"]}))
    assert found()["IpPermissions"] == []


def test_prefix_list(account: Account) -> None:
    def listed(*cidrs: str) -> Any:
        entries = [{"Cidr": cidr} for cidr in cidrs]
        made = resource(
            "EC2::PrefixList",
            PrefixListName="offices",
            AddressFamily="IPv4",
            MaxEntries=5,
            Entries=entries,
        )
        return template({"List": made}, Outputs={"Id": output({"Ref": "List"})})

    def entries() -> list[str]:
        held = account.client("ec2").get_managed_prefix_list_entries(PrefixListId=identifier)
        return [entry["Cidr"] for entry in held["Entries"]]

    identifier = outputs(account.create("s", listed("10.1.0.0/16")))["Id"]
    assert entries() == ["10.1.0.0/16"]
    account.update("s", listed("10.2.0.0/16"))
    assert entries() == ["10.2.0.0/16"]


def test_what_aws_publishes(account: Account) -> None:
    names = ["com.amazonaws.global.cloudfront.origin-facing"]
    names.append("com.amazonaws.eu-west-1.route53-healthchecks")
    found = account.client("ec2").describe_managed_prefix_lists(
        Filters=[{"Name": "prefix-list-name", "Values": names}]
    )
    assert {held["PrefixListName"] for held in found["PrefixLists"]} == set(names)
    for processor in ("arm64", "x86_64"):
        name = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{processor}"
        value = account.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        assert value.startswith("ami-")


def test_failover_records_and_health_checks(account: Account) -> None:
    check = resource(
        "Route53::HealthCheck",
        HealthCheckConfig={"Type": "HTTPS", "FullyQualifiedDomainName": "a.b.com", "Port": 443},
        HealthCheckTags=[{"Key": "Name", "Value": "shop"}],
    )
    record = resource(
        "Route53::RecordSet",
        HostedZoneId={"Ref": "Zone"},
        Name="origin.example.com",
        Type="A",
        SetIdentifier="primary",
        Failover="PRIMARY",
        HealthCheckId={"Ref": "Check"},
        AliasTarget={
            "DNSName": "lb.example.com",
            "HostedZoneId": "Z2P70J7EXAMPLE",
            "EvaluateTargetHealth": True,
        },
    )
    zone = resource("Route53::HostedZone", Name="example.com")
    body = template(
        {"Zone": zone, "Check": check, "Record": record},
        Outputs={"Zone": output({"Ref": "Zone"}), "Check": output({"Ref": "Check"})},
    )
    made = outputs(account.create("s", body))
    route53 = account.client("route53")
    sets = route53.list_resource_record_sets(HostedZoneId=made["Zone"])["ResourceRecordSets"]
    found = next(held for held in sets if held["Type"] == "A")
    assert found["HealthCheckId"] == made["Check"]
    assert found["AliasTarget"]["EvaluateTargetHealth"] is True
    tags = route53.list_tags_for_resource(ResourceType="healthcheck", ResourceId=made["Check"])
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "Name", "Value": "shop"}]
    remove(account, "s")
    assert route53.list_health_checks()["HealthChecks"] == []


def test_web_acl_sets(account: Account) -> None:
    def sets(cidr: str) -> Any:
        addresses = resource(
            "WAFv2::IPSet", Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[cidr]
        )
        return template(
            {"Addresses": addresses},
            Outputs={
                "Ref": output({"Ref": "Addresses"}),
                "Arn": output({"Fn::GetAtt": ["Addresses", "Arn"]}),
            },
        )

    waf = account.client("wafv2")
    made = outputs(account.create("s", sets("10.0.0.0/8")))
    name, identifier, scope = made["Ref"].split("|")
    assert made["Arn"].endswith(f"/ipset/{name}/{identifier}")
    account.update("s", sets("11.0.0.0/8"))
    held = waf.get_ip_set(Name=name, Id=identifier, Scope=scope)["IPSet"]
    assert held["Addresses"] == ["11.0.0.0/8"]
    remove(account, "s")
    assert waf.list_ip_sets(Scope="REGIONAL")["IPSets"] == []


def test_a_web_acl_guards_a_load_balancer(account: Account) -> None:
    second = {**VPC["Subnet"]["Properties"], "CidrBlock": "10.0.1.0/24"}
    second["AvailabilityZone"] = "eu-west-1b"
    metrics = {
        "SampledRequestsEnabled": True,
        "CloudWatchMetricsEnabled": True,
        "MetricName": "front",
    }
    resources = {
        **VPC,
        "Second": resource("EC2::Subnet", **second),
        "Front": resource(
            "ElasticLoadBalancingV2::LoadBalancer",
            Subnets=[{"Ref": "Subnet"}, {"Ref": "Second"}],
        ),
        "Acl": resource(
            "WAFv2::WebACL", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=metrics
        ),
        "Guard": resource(
            "WAFv2::WebACLAssociation",
            ResourceArn={"Ref": "Front"},
            WebACLArn={"Fn::GetAtt": ["Acl", "Arn"]},
        ),
    }
    made = outputs(
        account.create(
            "s",
            template(
                resources,
                Outputs={
                    "Front": output({"Ref": "Front"}),
                    "Acl": output({"Fn::GetAtt": ["Acl", "Arn"]}),
                },
            ),
        )
    )
    waf = account.client("wafv2")
    assert waf.get_web_acl_for_resource(ResourceArn=made["Front"])["WebACL"]["Id"]
    del resources["Guard"]
    account.update("s", template(resources))
    assert waf.list_resources_for_web_acl(WebACLArn=made["Acl"])["ResourceArns"] == []


def test_the_targets_of_a_target_group_are_registered_with_it(account: Account) -> None:
    functions = [f"arn:aws:lambda:eu-west-1:{account.number}:function:{name}" for name in "abc"]

    def group(*targets: str) -> dict[str, Any]:
        named = [{"Id": target} for target in targets]
        made = resource("ElasticLoadBalancingV2::TargetGroup", TargetType="lambda", Targets=named)
        return template({"Group": made}, Outputs={"Arn": output({"Ref": "Group"})})

    arn = outputs(account.create("s", group(functions[0])))["Arn"]
    elbv2 = account.client("elbv2")

    def registered() -> list[str]:
        told = elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
        return sorted(one["Target"]["Id"] for one in told)

    assert registered() == functions[:1]
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": functions[2]}])  # somebody else's
    account.update("s", group(functions[1]))
    assert registered() == functions[1:]
