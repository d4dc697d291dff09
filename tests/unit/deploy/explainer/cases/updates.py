"""What stays the resource that it is: what changes of it, why, and what that does to whoever uses it."""

from tests.unit.deploy.explainer.case import (
    Case,
    Expected,
    automatic,
    detail,
    modify,
    nested,
    output,
    ref,
    resource,
    stack,
)

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

DATABASE = "AWS::RDS::DBInstance"
DOMAIN = "AWS::OpenSearchService::Domain"
GROUP = "AWS::EC2::SecurityGroup"
POLICY = "AWS::IAM::ManagedPolicy"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
FUNCTION = "AWS::Lambda::Function"
VPC = "AWS::EC2::VPC"


def rule(cidr: str) -> dict[str, object]:
    return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": cidr}


def policy(action: str) -> dict[str, object]:
    return {"Statement": [{"Effect": "Allow", "Action": [action], "Resource": "arn:aws:sqs:q"}]}


CASES = (
    Case(
        "tags change nothing but tags",
        before={"": stack({"Db": resource(DATABASE, Tags=[{"Key": "Team", "Value": "a"}])})},
        after={"": stack({"Db": resource(DATABASE, Tags=[{"Key": "Team", "Value": "b"}])})},
        changes={"": [modify("Db", DATABASE, "False", detail(attribute="Tags"))]},
        expect={
            "Db": Expected(
                certainty="certain",
                effect="none",
                properties={
                    "Tags": ([{"Key": "Team", "Value": "a"}], [{"Key": "Team", "Value": "b"}])
                },
            )
        },
    ),
    Case(
        "tags of the stack reach what has none of its own",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-resource-tags.html",
        before={"": stack({"Db": resource(DATABASE, DBInstanceClass="db.r6g.large")})},
        changes={"": [modify("Db", DATABASE, "False", detail(attribute="Tags"))]},
        expect={"Db": Expected(certainty="certain", effect="none", because=["tags of the stack"])},
    ),
    Case(
        "a parameter that is passed down is followed up to the root",
        before={
            "": stack(
                {"Orders": nested(Class=ref("DbInstanceClass"))}, Parameters=["DbInstanceClass"]
            ),
            "Orders": stack(
                {"Db": resource(DATABASE, DBInstanceClass=ref("Class"))}, Parameters=["Class"]
            ),
        },
        parameters=(
            {"DbInstanceClass": "db.r6g.large"},
            {"DbInstanceClass": "db.r6g.xlarge"},
        ),
        changes={
            "": [automatic("Orders", detail("Parameters", by="DbInstanceClass"))],
            "Orders": [modify("Db", DATABASE, "False", detail("DBInstanceClass", by="Class"))],
        },
        expect={
            "Orders/Db": Expected(
                certainty="certain",
                effect="outage",
                properties={"DBInstanceClass": ("db.r6g.large", "db.r6g.xlarge")},
                because=[
                    "parameter Class of Orders",
                    "parameter DbInstanceClass of the root",
                    "setting db_instance_class",
                ],
            ),
            "Orders": Expected(certainty="certain", effect="none"),
        },
    ),
    Case(
        "more storage is added while the database runs",
        cites="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/"
        "USER_PIOPS.ModifyingExisting.html",
        before={"": stack({"Db": resource(DATABASE, AllocatedStorage="100")})},
        after={"": stack({"Db": resource(DATABASE, AllocatedStorage="200")})},
        changes={"": [modify("Db", DATABASE, "False", detail("AllocatedStorage"))]},
        expect={"Db": Expected(effect="none", properties={"AllocatedStorage": ("100", "200")})},
    ),
    Case(
        "a password is not shown, neither the old one nor the new one",
        before={"": stack({"Db": resource(DATABASE, MasterUserPassword="hunter2-before")})},
        after={"": stack({"Db": resource(DATABASE, MasterUserPassword="hunter2-after")})},
        changes={"": [modify("Db", DATABASE, "False", detail("MasterUserPassword"))]},
        expect={
            "Db": Expected(
                certainty="certain", properties={"MasterUserPassword": ("(secret)", "(secret)")}
            )
        },
    ),
    Case(
        "a secret's dynamic reference is shown as the reference that it is, or not at all",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "dynamic-references-secretsmanager.html",
        before={
            "": stack(
                {"Db": resource(DATABASE, DBName="{{resolve:secretsmanager:old:SecretString:n}}")}
            )
        },
        after={
            "": stack(
                {"Db": resource(DATABASE, DBName="{{resolve:secretsmanager:new:SecretString:n}}")}
            )
        },
        changes={"": [modify("Db", DATABASE, "False", detail("DBName"))]},
        expect={"Db": Expected(certainty="certain")},
    ),
    Case(
        "Fn::If that turns round takes the other value",
        before={
            "": stack(
                {"Jobs": resource(QUEUE, VisibilityTimeout={"Fn::If": ["Slow", 900, 30]})},
                Parameters=["Speed"],
                Conditions={"Slow": {"Fn::Equals": [ref("Speed"), "slow"]}},
            )
        },
        parameters=({"Speed": "slow"}, {"Speed": "fast"}),
        changes={"": [modify("Jobs", QUEUE, "False", detail("VisibilityTimeout", by="Speed"))]},
        expect={
            "Jobs": Expected(
                certainty="certain",
                properties={"VisibilityTimeout": (900, 30)},
                because=["condition Slow", "parameter Speed"],
            )
        },
    ),
    Case(
        "Fn::Select picks another one when its index moves",
        before={
            "": stack(
                {"Jobs": resource(QUEUE, DelaySeconds={"Fn::Select": [ref("Which"), [10, 20]]})},
                Parameters=["Which"],
            )
        },
        parameters=({"Which": "0"}, {"Which": "1"}),
        changes={"": [modify("Jobs", QUEUE, "False", detail("DelaySeconds", by="Which"))]},
        expect={"Jobs": Expected(properties={"DelaySeconds": (10, 20)}, because=["Which"])},
    ),
    Case(
        "Fn::FindInMap follows the map",
        before={
            "": stack(
                {"Jobs": resource(QUEUE, DelaySeconds={"Fn::FindInMap": ["M", ref("E"), "S"]})},
                Parameters=["E"],
                Mappings={"M": {"dev": {"S": 1}, "prod": {"S": 9}}},
            )
        },
        parameters=({"E": "dev"}, {"E": "prod"}),
        changes={"": [modify("Jobs", QUEUE, "False", detail("DelaySeconds", by="E"))]},
        expect={"Jobs": Expected(properties={"DelaySeconds": (1, 9)})},
    ),
    Case(
        "a description alone is a property that nobody runs on",
        before={"": stack({"Api": resource(FUNCTION, Description="old")})},
        after={"": stack({"Api": resource(FUNCTION, Description="new")})},
        changes={"": [modify("Api", FUNCTION, "False", detail("Description"))]},
        expect={"Api": Expected(certainty="certain", effect="none")},
    ),
    Case(
        "outputs alone change no resource",
        before={
            "": stack({"Network": nested()}),
            "Network": stack({"Vpc": resource(VPC)}, {"VpcId": ref("Vpc")}),
        },
        after={
            "": stack({"Network": nested("2")}),
            "Network": stack({"Vpc": resource(VPC)}, {"VpcId": ref("Vpc"), "More": "text"}),
        },
        changes={"": [automatic("Network", detail("TemplateURL"))], "Network": []},
        expect={"Network": Expected(certainty="certain", effect="none", because=["outputs: More"])},
    ),
    Case(
        "a deletion policy alone leaves the resource untouched",
        cites=f"{REFERENCE}/aws-attribute-deletionpolicy.html",
        before={"": stack({"Orders": resource(TABLE, {"DeletionPolicy": "Delete"})})},
        after={"": stack({"Orders": resource(TABLE, {"DeletionPolicy": "Retain"})})},
        changes={"": [modify("Orders", TABLE, "False", detail(attribute="DeletionPolicy"))]},
        expect={
            "Orders": Expected(
                certainty="certain",
                effect="none",
                properties={"DeletionPolicy": ("Delete", "Retain")},
            )
        },
    ),
    Case(
        "metadata alone leaves the resource untouched",
        cites=f"{REFERENCE}/aws-attribute-metadata.html",
        before={"": stack({"Api": resource(FUNCTION, {"Metadata": {"Note": "a"}})})},
        after={"": stack({"Api": resource(FUNCTION, {"Metadata": {"Note": "b"}})})},
        changes={"": [modify("Api", FUNCTION, "False", detail(attribute="Metadata"))]},
        expect={
            "Api": Expected(effect="none", properties={"Metadata": ({"Note": "a"}, {"Note": "b"})})
        },
    ),
    Case(
        "a security group's rule is in force at once",
        cites="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        before={"": stack({"Door": resource(GROUP, SecurityGroupIngress=[rule("10.0.0.0/8")])})},
        after={"": stack({"Door": resource(GROUP, SecurityGroupIngress=[rule("0.0.0.0/0")])})},
        changes={"": [modify("Door", GROUP, "False", detail("SecurityGroupIngress"))]},
        expect={
            "Door": Expected(
                certainty="certain",
                effect="brief",
                properties={"SecurityGroupIngress": ([rule("10.0.0.0/8")], [rule("0.0.0.0/0")])},
            )
        },
    ),
    Case(
        "a policy is shown whole, before and after, and interrupts nothing",
        cites="https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html",
        before={"": stack({"May": resource(POLICY, PolicyDocument=policy("sqs:SendMessage"))})},
        after={"": stack({"May": resource(POLICY, PolicyDocument=policy("sqs:*"))})},
        changes={"": [modify("May", POLICY, "False", detail("PolicyDocument"))]},
        expect={
            "May": Expected(
                effect="none",
                properties={"PolicyDocument": (policy("sqs:SendMessage"), policy("sqs:*"))},
            )
        },
    ),
    Case(
        "a domain's instances change by blue/green deployment",
        cites="https://docs.aws.amazon.com/opensearch-service/latest/developerguide/"
        "managedomains-configuration-changes.html",
        before={"": stack({"Index": resource(DOMAIN, ClusterConfig={"InstanceCount": 2})})},
        after={"": stack({"Index": resource(DOMAIN, ClusterConfig={"InstanceCount": 3})})},
        changes={"": [modify("Index", DOMAIN, "False", detail("ClusterConfig"))]},
        expect={"Index": Expected(effect="none", because=["template"])},
    ),
    Case(
        "an address of a template that holds the same changes nothing",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_ResourceChangeDetail.html",
        before={"": stack({"Network": nested("1")}), "Network": stack({"Vpc": resource(VPC)})},
        after={"": stack({"Network": nested("2")})},
        changes={"": [automatic("Network", detail("TemplateURL"))], "Network": []},
        expect={
            "Network": Expected(
                certainty="certain", effect="none", because=["nothing in it changes"]
            )
        },
    ),
    Case(
        "a nested stack that is only looked into again is not changed",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_ResourceChangeDetail.html",
        before={"": stack({"Network": nested("1")}), "Network": stack({"Vpc": resource(VPC)})},
        changes={"": [automatic("Network")], "Network": []},
        expect={"Network": Expected(certainty="phantom", effect="none")},
    ),
    Case(
        "what nobody has looked up is said to be unknown",
        before={"": stack({"Thing": resource("AWS::Fancy::New", Size=1)})},
        after={"": stack({"Thing": resource("AWS::Fancy::New", Size=2)})},
        changes={"": [modify("Thing", "AWS::Fancy::New", "False", detail("Size"))]},
        expect={"Thing": Expected(certainty="certain", effect="none", properties={"Size": (1, 2)})},
    ),
    Case(
        "a value that is hidden may have changed, and is not shown",
        before={
            "": stack(
                {"Hook": resource("AWS::Fancy::New", Url={"Fn::Sub": "https://x/${Token}"})},
                Parameters={"Token": {"Type": "String", "NoEcho": True}},
            )
        },
        parameters=({"Token": "****"}, {"Token": "****"}),
        changes={"": [modify("Hook", "AWS::Fancy::New", "False", detail("Url", by="Token"))]},
        expect={
            "Hook": Expected(
                certainty="possible",
                properties={"Url": ("https://x/(secret)", "https://x/(secret)")},
            )
        },
    ),
    Case(
        "tags are tags, whether CloudFormation calls them a property or not",
        before={"": stack({"Jobs": resource(QUEUE)})},
        after={"": stack({"Jobs": resource(QUEUE, Tags=[{"Key": "Team", "Value": "a"}])})},
        changes={"": [modify("Jobs", QUEUE, "False", detail("Tags"))]},
        expect={"Jobs": Expected(certainty="certain", effect="none", says="tags alone")},
    ),
    Case(
        "the stack's own name is what it was",
        before={
            "": stack({"Below": nested()}),
            "Below": stack(
                {
                    "Jobs": resource(
                        QUEUE, QueueName={"Fn::Sub": "${AWS::StackName}-jobs"}, DelaySeconds=1
                    )
                }
            ),
        },
        after={
            "Below": stack(
                {
                    "Jobs": resource(
                        QUEUE, QueueName={"Fn::Sub": "${AWS::StackName}-jobs"}, DelaySeconds=2
                    )
                }
            )
        },
        changes={
            "": [automatic("Below")],
            "Below": [
                modify(
                    "Jobs",
                    QUEUE,
                    "Conditional",
                    detail("DelaySeconds"),
                    detail("QueueName", "Always", dynamic=True, by="AWS::StackName"),
                )
            ],
        },
        expect={
            "Below/Jobs": Expected(
                certainty="certain",
                replacement="phantom",
                properties={"QueueName": ("Below-jobs", "Below-jobs"), "DelaySeconds": (1, 2)},
            )
        },
    ),
    Case(
        "what may come or go and is there before and after is an update",
        before={"": stack({"Jobs": resource(QUEUE, DelaySeconds=1)})},
        after={"": stack({"Jobs": resource(QUEUE, DelaySeconds=2)})},
        changes={
            "": [{**modify("Jobs", QUEUE, "False", detail("DelaySeconds")), "Action": "Dynamic"}]
        },
        expect={"Jobs": Expected(certainty="certain", properties={"DelaySeconds": (1, 2)})},
    ),
    Case(
        "a parameter that is led elsewhere is told by where it is led now",
        before={
            "": stack(
                {"Network": nested(), "Hosts": nested(Id=output("Network", "OldId"), Other="same")}
            ),
            "Network": stack(
                {"Old": resource(QUEUE), "New": resource(QUEUE)},
                {"OldId": ref("Old"), "NewId": ref("New")},
            ),
            "Hosts": stack(
                {"Uses": resource("AWS::Fancy::New", Queue=ref("Id"), Other=ref("Other"))},
                Parameters=["Id", "Other"],
            ),
        },
        after={
            "": stack(
                {"Network": nested(), "Hosts": nested(Id=output("Network", "NewId"), Other="same")}
            )
        },
        changes={
            "": [automatic("Hosts", detail("Parameters"))],
            "Hosts": [modify("Uses", "AWS::Fancy::New", "False", detail("Queue", by="Id"))],
        },
        physical={"Network/Old": "queue-old", "Network/New": "queue-new"},
        expect={
            "Hosts": Expected(certainty="certain", because=["what is in it changes"]),
            "Hosts/Uses": Expected(
                certainty="certain",
                properties={"Queue": ("queue-old", "queue-new")},
                because=["parameter Id of Hosts", "the template of the root says so now"],
            ),
        },
    ),
)
