"""What CloudFormation announces because it cannot know, and what comes of it.

A nested change set does not know what a changing sibling will hand on: whatever takes it is announced as
changed, and as replaced where it cannot change otherwise.
"""

from tests.unit.deploy.explainer.case import (
    Case,
    Expected,
    Template,
    automatic,
    detail,
    modify,
    nested,
    output,
    ref,
    resource,
    stack,
)

ROADMAP = "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues"

INSTANCE = "AWS::EC2::Instance"
SUBNET = "AWS::EC2::Subnet"
NAT = "AWS::EC2::NatGateway"
VPC = "AWS::EC2::VPC"
TABLE = "AWS::EC2::RouteTable"
DATABASE = "AWS::RDS::DBInstance"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"

NETWORK = stack(
    {"Vpc": resource(VPC, CidrBlock="10.0.0.0/16"), "Routes": resource(TABLE, VpcId=ref("Vpc"))},
    {"VpcId": ref("Vpc")},
)
#: The network with a tag more on its route table: the VPC stays.
NETWORK_TAGGED = stack(
    {
        "Vpc": resource(VPC, CidrBlock="10.0.0.0/16"),
        "Routes": resource(TABLE, VpcId=ref("Vpc"), Tags=[{"Key": "Team", "Value": "shop"}]),
    },
    {"VpcId": ref("Vpc")},
)
HOSTS = stack(
    {"Private": resource(SUBNET, VpcId=ref("VpcId"), CidrBlock="10.0.1.0/24")},
    {"SubnetId": ref("Private")},
    Parameters=["VpcId"],
)
ROOT = stack(
    {"Network": nested(), "Hosts": nested(VpcId=output("Network", "VpcId"))},
)
ROOT_2 = stack(
    {"Network": nested("2"), "Hosts": nested(VpcId=output("Network", "VpcId"))},
)
TAGGED = modify("Routes", TABLE, "False", detail("Tags"))
NETWORK_CHANGES = automatic("Network", detail("TemplateURL"))
SUBNET_FEARED = modify(
    "Private",
    SUBNET,
    "Conditional",
    detail("VpcId", "Always", dynamic=True, by="VpcId"),
)
#: A fleet whose launch template has another version whenever it is updated, and those who take the version.
FLEET_ROOT = stack({"Fleet": nested(), "Users": nested(Version=output("Fleet", "Version"))})
USERS = stack(
    {"Host": resource(INSTANCE, LaunchTemplate={"Version": ref("Version")})},
    Parameters=["Version"],
)
HOST_FEARED = modify(
    "Host",
    INSTANCE,
    "Conditional",
    detail("LaunchTemplate", "Always", dynamic=True, by="Version"),
)


def fleet(image: str) -> Template:
    """The fleet with a machine image."""
    return stack(
        {"Template": resource(LAUNCH_TEMPLATE, LaunchTemplateData={"ImageId": image})},
        {"Version": {"Fn::GetAtt": ["Template", "LatestVersionNumber"]}},
    )


CASES = (
    Case(
        "a subnet whose VPC comes from a sibling that changes elsewhere is not replaced",
        cites=f"{ROADMAP}/759",
        before={"": ROOT, "Network": NETWORK, "Hosts": HOSTS},
        after={"": ROOT_2, "Network": NETWORK_TAGGED},
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts")],
            "Network": [TAGGED],
            "Hosts": [SUBNET_FEARED],
        },
        physical={"Network/Vpc": "vpc-0123"},
        expect={
            "Hosts/Private": Expected(
                certainty="phantom",
                replacement="phantom",
                effect="none",
                properties={"VpcId": ("vpc-0123", "vpc-0123")},
                because=[
                    "parameter VpcId of Hosts",
                    "output VpcId of Network",
                    "Network/Vpc stays as it is",
                ],
            ),
            "Network/Routes": Expected(certainty="certain"),
            "Hosts": Expected(certainty="phantom"),
        },
    ),
    Case(
        "Replacement: True does not make it certain where the value is known only later",
        cites=f"{ROADMAP}/2113",
        before={
            "": ROOT,
            "Network": NETWORK,
            "Hosts": stack({"Gateway": resource(NAT, SubnetId=ref("VpcId"))}, Parameters=["VpcId"]),
        },
        after={"": ROOT_2, "Network": NETWORK_TAGGED},
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts")],
            "Network": [TAGGED],
            "Hosts": [
                modify(
                    "Gateway",
                    NAT,
                    "True",
                    detail(
                        "SubnetId",
                        "Always",
                        by="VpcId",
                        values=("vpc-1", "{{changeSet:KNOWN_AFTER_APPLY}}"),
                    ),
                )
            ],
        },
        expect={"Hosts/Gateway": Expected(certainty="phantom", replacement="phantom")},
    ),
    Case(
        "two levels down, through a parameter that is passed on, it is a phantom too",
        cites=f"{ROADMAP}/142",
        before={
            "": ROOT,
            "Network": NETWORK,
            "Hosts": stack({"Inner": nested(VpcId=ref("VpcId"))}, Parameters=["VpcId"]),
            "Hosts/Inner": HOSTS,
        },
        after={"": ROOT_2, "Network": NETWORK_TAGGED},
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts")],
            "Network": [TAGGED],
            "Hosts": [automatic("Inner")],
            "Hosts/Inner": [SUBNET_FEARED],
        },
        expect={
            "Hosts/Inner/Private": Expected(
                certainty="phantom",
                replacement="phantom",
                because=["parameter VpcId of Hosts/Inner", "parameter VpcId of Hosts"],
            ),
            "Hosts/Inner": Expected(certainty="phantom"),
        },
    ),
    Case(
        "an output that comes up from two levels down is followed down again",
        cites=f"{ROADMAP}/759",
        before={
            "": ROOT,
            "Network": stack({"Core": nested()}, {"VpcId": output("Core", "VpcId")}),
            "Network/Core": NETWORK,
            "Hosts": HOSTS,
        },
        after={
            "Network": stack({"Core": nested("2")}, {"VpcId": output("Core", "VpcId")}),
            "Network/Core": NETWORK_TAGGED,
        },
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts")],
            "Network": [automatic("Core", detail("TemplateURL"))],
            "Network/Core": [TAGGED],
            "Hosts": [SUBNET_FEARED],
        },
        expect={
            "Hosts/Private": Expected(
                replacement="phantom", because=["Network/Core/Vpc stays as it is"]
            )
        },
    ),
    Case(
        "a phantom's own output is no reason to fear for those who take it",
        before={
            "": stack(
                {
                    "Network": nested(),
                    "Hosts": nested(VpcId=output("Network", "VpcId")),
                    "Shop": nested(SubnetId=output("Hosts", "SubnetId")),
                }
            ),
            "Network": NETWORK,
            "Hosts": HOSTS,
            "Shop": stack(
                {"Gateway": resource(NAT, SubnetId=ref("SubnetId"))}, Parameters=["SubnetId"]
            ),
        },
        after={"Network": NETWORK_TAGGED},
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts"), automatic("Shop")],
            "Network": [TAGGED],
            "Hosts": [SUBNET_FEARED],
            "Shop": [
                modify(
                    "Gateway",
                    NAT,
                    "Conditional",
                    detail("SubnetId", "Always", dynamic=True, by="SubnetId"),
                )
            ],
        },
        expect={
            "Hosts/Private": Expected(replacement="phantom"),
            "Shop/Gateway": Expected(replacement="phantom"),
        },
    ),
    Case(
        "where the sibling really replaces what it hands on, the replacement is certain",
        before={"": ROOT, "Network": NETWORK, "Hosts": HOSTS},
        after={
            "": ROOT_2,
            "Network": stack(
                {
                    "Vpc": resource(VPC, CidrBlock="10.9.0.0/16"),
                    "Routes": resource(TABLE, VpcId=ref("Vpc")),
                },
                {"VpcId": ref("Vpc")},
            ),
        },
        changes={
            "": [NETWORK_CHANGES, automatic("Hosts")],
            "Network": [
                modify("Vpc", VPC, "True", detail("CidrBlock", "Always")),
                modify("Routes", TABLE, "True", detail("VpcId", "Always", by="Vpc", dynamic=True)),
            ],
            "Hosts": [SUBNET_FEARED],
        },
        expect={
            "Network/Vpc": Expected(
                replacement="certain",
                properties={"CidrBlock": ("10.0.0.0/16", "10.9.0.0/16")},
            ),
            "Network/Routes": Expected(replacement="certain"),
            "Hosts/Private": Expected(
                certainty="certain",
                replacement="certain",
                properties={"VpcId": ("vpc-1", "(known once deployed)")},
                because=["Network/Vpc is replaced"],
            ),
        },
    ),
    Case(
        "what depends on an attribute that an update may change is possible, and no more",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-ec2-launchtemplate.html",
        before={"": FLEET_ROOT, "Fleet": fleet("ami-1"), "Users": USERS},
        after={"Fleet": fleet("ami-2")},
        changes={
            "": [automatic("Fleet"), automatic("Users")],
            "Fleet": [modify("Template", LAUNCH_TEMPLATE, "False", detail("LaunchTemplateData"))],
            "Users": [HOST_FEARED],
        },
        expect={
            "Fleet/Template": Expected(
                certainty="certain",
                properties={"LaunchTemplateData": ({"ImageId": "ami-1"}, {"ImageId": "ami-2"})},
            ),
            "Users/Host": Expected(certainty="possible", replacement="possible"),
        },
    ),
    Case(
        "Fn::Select of a list that stays selects what it selected",
        cites=f"{ROADMAP}/759",
        before={
            "": stack({"Network": nested(), "Hosts": nested(Subnets=output("Network", "Subnets"))}),
            "Network": stack(
                {
                    "A": resource(SUBNET, CidrBlock="10.0.1.0/24"),
                    "B": resource(SUBNET, CidrBlock="10.0.2.0/24"),
                    "Routes": resource(TABLE),
                },
                {"Subnets": {"Fn::Join": [",", [ref("A"), ref("B")]]}},
            ),
            "Hosts": stack(
                {
                    "Gateway": resource(
                        NAT, SubnetId={"Fn::Select": [1, {"Fn::Split": [",", ref("Subnets")]}]}
                    )
                },
                Parameters=["Subnets"],
            ),
        },
        after={
            "Network": stack(
                {
                    "A": resource(SUBNET, CidrBlock="10.0.1.0/24"),
                    "B": resource(SUBNET, CidrBlock="10.0.2.0/24"),
                    "Routes": resource(TABLE, Tags=[{"Key": "Team", "Value": "shop"}]),
                },
                {"Subnets": {"Fn::Join": [",", [ref("A"), ref("B")]]}},
            )
        },
        changes={
            "": [automatic("Network"), automatic("Hosts")],
            "Network": [TAGGED],
            "Hosts": [
                modify(
                    "Gateway",
                    NAT,
                    "Conditional",
                    detail("SubnetId", "Always", dynamic=True, by="Subnets"),
                )
            ],
        },
        physical={"Network/B": "subnet-b"},
        expect={
            "Hosts/Gateway": Expected(
                replacement="phantom", properties={"SubnetId": ("subnet-b", "subnet-b")}
            )
        },
    ),
    Case(
        "another way to say the same value is no change",
        cites="https://github.com/aws/aws-cdk/pull/28336",
        before={
            "": stack(
                {
                    "Vpc": resource(VPC, CidrBlock="10.0.0.0/16"),
                    "Private": resource(SUBNET, VpcId="vpc-0123", CidrBlock="10.0.1.0/24"),
                }
            )
        },
        after={
            "": stack(
                {
                    "Vpc": resource(VPC, CidrBlock="10.0.0.0/16"),
                    "Private": resource(
                        SUBNET,
                        VpcId={"Fn::GetAtt": "Vpc.VpcId"},
                        CidrBlock={"Fn::Sub": "10.0.${Third}.0/24"},
                    ),
                },
                Parameters={"Third": {"Type": "Number", "Default": 1}},
            )
        },
        changes={
            "": [
                modify(
                    "Private",
                    SUBNET,
                    "True",
                    detail("VpcId", "Always"),
                    detail("CidrBlock", "Always"),
                )
            ]
        },
        physical={"Vpc": "vpc-0123"},
        expect={"Private": Expected(certainty="phantom", replacement="phantom")},
    ),
    Case(
        "what CloudFormation knows to differ counts, whatever was read of the templates",
        before={"": stack({"Private": resource(SUBNET, CidrBlock="10.0.1.0/24")})},
        changes={
            "": [
                modify(
                    "Private",
                    SUBNET,
                    "True",
                    detail("CidrBlock", "Always", values=("10.0.1.0/24", "10.0.2.0/24")),
                )
            ]
        },
        expect={
            "Private": Expected(
                certainty="certain",
                replacement="certain",
                properties={"CidrBlock": ("10.0.1.0/24", "(known once deployed)")},
                because=["the change set tells two values"],
            )
        },
    ),
    Case(
        "REVERT_DRIFT names values that come from elsewhere as changes, and they may be",
        cites=f"{ROADMAP}/2559",
        before={
            "": stack(
                {
                    "Mapping": resource(
                        "AWS::Lambda::EventSourceMapping",
                        EventSourceArn={
                            "Fn::GetStackOutput": {"StackName": "q", "OutputName": "A"}
                        },
                    )
                }
            )
        },
        changes={
            "": [
                modify(
                    "Mapping",
                    "AWS::Lambda::EventSourceMapping",
                    "True",
                    detail(
                        "EventSourceArn",
                        "Always",
                        values=("arn:aws:sqs:q", "{{changeSet:KNOWN_AFTER_APPLY}}"),
                    ),
                )
            ]
        },
        expect={"Mapping": Expected(certainty="possible", replacement="possible")},
    ),
    Case(
        "a removal that rests on a condition whose value comes out as it was does not happen",
        before={
            "": stack({"Network": nested(), "Hosts": nested(VpcId=output("Network", "VpcId"))}),
            "Network": NETWORK,
            "Hosts": stack(
                {
                    "Private": resource(
                        SUBNET, {"Condition": "HasVpc"}, VpcId=ref("VpcId"), CidrBlock="10.0.1.0/24"
                    )
                },
                Parameters=["VpcId"],
                Conditions={"HasVpc": {"Fn::Equals": [ref("VpcId"), "vpc-0123"]}},
            ),
        },
        after={"Network": NETWORK_TAGGED},
        changes={
            "": [automatic("Network"), automatic("Hosts")],
            "Network": [TAGGED],
            "Hosts": [
                {
                    "Action": "Remove",
                    "LogicalResourceId": "Private",
                    "PhysicalResourceId": "subnet-1",
                    "ResourceType": SUBNET,
                }
            ],
        },
        physical={"Network/Vpc": "vpc-0123"},
        expect={
            "Hosts/Private": Expected(
                certainty="phantom",
                effect="none",
                because=["condition HasVpc of Hosts comes out as it did", "Network/Vpc stays"],
            )
        },
    ),
    Case(
        "an update that comes to nothing makes no new version to be feared",
        before={"": FLEET_ROOT, "Fleet": fleet("ami-1"), "Users": USERS},
        changes={
            "": [automatic("Fleet"), automatic("Users")],
            "Fleet": [
                modify(
                    "Template",
                    LAUNCH_TEMPLATE,
                    "False",
                    detail("LaunchTemplateData", dynamic=True),
                )
            ],
            "Users": [HOST_FEARED],
        },
        expect={
            "Fleet/Template": Expected(certainty="phantom"),
            "Users/Host": Expected(certainty="phantom", replacement="phantom"),
        },
    ),
)
