"""What is replaced, what that costs, and where CloudFormation will refuse it."""

from tests.unit.deploy.explainer.case import (
    Case,
    Expected,
    add,
    detail,
    modify,
    ref,
    remove,
    resource,
    stack,
)

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"

TABLE = "AWS::DynamoDB::Table"
BUCKET = "AWS::S3::Bucket"
DATABASE = "AWS::RDS::DBInstance"
QUEUE = "AWS::SQS::Queue"
ROLE = "AWS::IAM::Role"
INSTANCE = "AWS::EC2::Instance"
RECORD = "AWS::Route53::RecordSet"

BY_ID = [{"AttributeName": "id", "KeyType": "HASH"}]
BY_ORDER = [{"AttributeName": "order", "KeyType": "HASH"}]

CASES = (
    Case(
        "a table's key schema cannot change: it becomes another table, empty",
        cites=f"{REFERENCE}/aws-resource-dynamodb-table.html",
        before={"": stack({"Orders": resource(TABLE, KeySchema=BY_ID)})},
        after={"": stack({"Orders": resource(TABLE, KeySchema=BY_ORDER)})},
        changes={"": [modify("Orders", TABLE, "True", detail("KeySchema", "Always"))]},
        expect={
            "Orders": Expected(
                certainty="certain",
                replacement="certain",
                effect="data",
                properties={"KeySchema": (BY_ID, BY_ORDER)},
                because=["template"],
            )
        },
    ),
    Case(
        "a table of a given name cannot be replaced: CloudFormation will refuse",
        cites="https://repost.aws/knowledge-center/cloudformation-custom-name",
        before={"": stack({"Orders": resource(TABLE, TableName="orders", KeySchema=BY_ID)})},
        after={"": stack({"Orders": resource(TABLE, TableName="orders", KeySchema=BY_ORDER)})},
        changes={"": [modify("Orders", TABLE, "True", detail("KeySchema", "Always"))]},
        expect={"Orders": Expected(replacement="certain", warns=["TableName", "orders"])},
    ),
    Case(
        "with another name it can be",
        before={"": stack({"Orders": resource(TABLE, TableName="orders", KeySchema=BY_ID)})},
        after={"": stack({"Orders": resource(TABLE, TableName="orders-2", KeySchema=BY_ORDER)})},
        changes={
            "": [
                modify(
                    "Orders",
                    TABLE,
                    "True",
                    detail("KeySchema", "Always"),
                    detail("TableName", "Always"),
                )
            ]
        },
        expect={"Orders": Expected(replacement="certain", effect="data", warns=[])},
    ),
    Case(
        "a renamed logical id is a removal and a creation, and the name is taken",
        cites="https://github.com/aws/aws-cdk/issues/1424",
        before={"": stack({"Uploads": resource(BUCKET, BucketName="shop-uploads")})},
        after={"": stack({"Files": resource(BUCKET, BucketName="shop-uploads")})},
        changes={"": [add("Files", BUCKET), remove("Uploads", BUCKET)]},
        expect={
            "Files": Expected(certainty="certain", warns=["shop-uploads", "Uploads"]),
            "Uploads": Expected(certainty="certain", effect="data"),
        },
    ),
    Case(
        "a renamed record set fails in the same way",
        cites="https://github.com/aws/aws-cdk/issues/27094",
        before={
            "": stack({"A": resource(RECORD, HostedZoneId="Z1", Name="shop.example", Type="A")})
        },
        after={
            "": stack({"B": resource(RECORD, HostedZoneId="Z1", Name="shop.example", Type="A")})
        },
        changes={"": [add("B", RECORD), remove("A", RECORD)]},
        expect={"B": Expected(warns=["already exists"]), "A": Expected(effect="outage")},
    ),
    Case(
        "a renamed logical id without a name of its own only makes another one",
        before={"": stack({"Uploads": resource(BUCKET)})},
        after={"": stack({"Files": resource(BUCKET)})},
        changes={"": [add("Files", BUCKET), remove("Uploads", BUCKET)]},
        expect={"Files": Expected(warns=[], effect="none"), "Uploads": Expected(effect="data")},
    ),
    Case(
        "another DB instance identifier is another instance",
        cites=f"{REFERENCE}/aws-resource-rds-dbinstance.html",
        before={"": stack({"Db": resource(DATABASE, DBInstanceIdentifier="one")})},
        after={"": stack({"Db": resource(DATABASE, DBInstanceIdentifier="two")})},
        changes={"": [modify("Db", DATABASE, "True", detail("DBInstanceIdentifier", "Always"))]},
        expect={
            "Db": Expected(
                replacement="certain",
                effect="data",
                policy="Delete",
                properties={"DBInstanceIdentifier": ("one", "two")},
            )
        },
    ),
    Case(
        "Retain leaves the old one behind, out of the stack, and its data with it",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-attribute-updatereplacepolicy.html",
        before={
            "": stack(
                {"Orders": resource(TABLE, {"UpdateReplacePolicy": "Retain"}, KeySchema=BY_ID)}
            )
        },
        after={
            "": stack(
                {"Orders": resource(TABLE, {"UpdateReplacePolicy": "Retain"}, KeySchema=BY_ORDER)}
            )
        },
        changes={"": [modify("Orders", TABLE, "True", detail("KeySchema", "Always"))]},
        expect={"Orders": Expected(replacement="certain", policy="Retain", warns=["Retain"])},
    ),
    Case(
        "the GetAtt of a resource that is really replaced changes whoever takes it",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_ResourceChangeDetail.html",
        before={
            "": stack(
                {
                    "Jobs": resource(QUEUE, FifoQueue=False),
                    "Work": resource(
                        "AWS::Lambda::EventSourceMapping",
                        EventSourceArn={"Fn::GetAtt": ["Jobs", "Arn"]},
                    ),
                }
            )
        },
        after={
            "": stack(
                {
                    "Jobs": resource(QUEUE, FifoQueue=True),
                    "Work": resource(
                        "AWS::Lambda::EventSourceMapping",
                        EventSourceArn={"Fn::GetAtt": ["Jobs", "Arn"]},
                    ),
                }
            )
        },
        changes={
            "": [
                modify("Jobs", QUEUE, "True", detail("FifoQueue", "Always")),
                modify(
                    "Work",
                    "AWS::Lambda::EventSourceMapping",
                    "Conditional",
                    detail("EventSourceArn", "Always", dynamic=True, by="Jobs.Arn"),
                ),
            ]
        },
        expect={
            "Jobs": Expected(replacement="certain"),
            "Work": Expected(
                certainty="certain", replacement="certain", because=["Jobs is replaced"]
            ),
        },
    ),
    Case(
        "a property that replaces only under conditions may replace",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-changesets-samples.html",
        before={
            "": stack({"Host": resource(INSTANCE, InstanceType=ref("Size"))}, Parameters=["Size"])
        },
        parameters=({"Size": "t2.micro"}, {"Size": "t2.small"}),
        changes={
            "": [
                modify(
                    "Host",
                    INSTANCE,
                    "Conditional",
                    detail("InstanceType", "Conditionally", by="Size"),
                    detail("InstanceType", "Conditionally", dynamic=True),
                )
            ]
        },
        expect={
            "Host": Expected(
                certainty="certain",
                replacement="possible",
                effect="outage",
                properties={"InstanceType": ("t2.micro", "t2.small")},
                because=["parameter Size"],
            )
        },
    ),
    Case(
        "a key pair is a replacement, and a tag beside it does not hide that",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-changesets-samples.html",
        before={
            "": stack(
                {
                    "Host": resource(
                        INSTANCE, KeyName=ref("Key"), Tags=[{"Key": "Purpose", "Value": ref("Why")}]
                    )
                },
                Parameters=["Key", "Why"],
            )
        },
        parameters=({"Key": "old", "Why": "testing"}, {"Key": "new", "Why": "production"}),
        changes={
            "": [
                modify(
                    "Host",
                    INSTANCE,
                    "True",
                    detail("KeyName", "Always", by="Key"),
                    detail(attribute="Tags", by="Why"),
                )
            ]
        },
        expect={
            "Host": Expected(
                replacement="certain",
                properties={
                    "KeyName": ("old", "new"),
                    "Tags": (
                        [{"Key": "Purpose", "Value": "testing"}],
                        [{"Key": "Purpose", "Value": "production"}],
                    ),
                },
            )
        },
    ),
    Case(
        "a reference to SSM without a version is whatever stands there then",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "dynamic-references-ssm.html",
        before={"": stack({"Host": resource(INSTANCE, ImageId="{{resolve:ssm:/ami}}")})},
        changes={"": [modify("Host", INSTANCE, "True", detail("ImageId", "Always"))]},
        expect={
            "Host": Expected(
                certainty="possible",
                replacement="possible",
                because=["read anew"],
                properties={"ImageId": ("{{resolve:ssm:/ami}}", "{{resolve:ssm:/ami}}")},
            )
        },
    ),
    Case(
        "a role that is replaced under its own name is refused",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-name.html",
        before={"": stack({"Runs": resource(ROLE, RoleName="shop", Path="/a/")})},
        after={"": stack({"Runs": resource(ROLE, RoleName="shop", Path="/b/")})},
        changes={"": [modify("Runs", ROLE, "True", detail("Path", "Always"))]},
        expect={"Runs": Expected(replacement="certain", warns=["RoleName"])},
    ),
    Case(
        "a property that replaces does so when it is only written down, value or no value",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-update-behaviors.html",
        before={"": stack({"Host": resource(INSTANCE, ImageId="ami-1")})},
        after={"": stack({"Host": resource(INSTANCE, ImageId="ami-1", Tenancy="default")})},
        changes={"": [modify("Host", INSTANCE, "True", detail("Tenancy", "Always"))]},
        expect={"Host": Expected(replacement="certain", properties={"Tenancy": (None, "default")})},
    ),
    Case(
        "another type under the same logical id is another resource",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "using-cfn-updating-stacks-update-behaviors.html",
        before={"": stack({"Work": resource(QUEUE)})},
        after={"": stack({"Work": resource("AWS::SNS::Topic")})},
        changes={"": [modify("Work", "AWS::SNS::Topic", "True")]},
        expect={"Work": Expected(replacement="certain")},
    ),
    Case(
        "where only a part of a property cannot change, that part decides",
        cites=f"{REFERENCE}/aws-properties-route53-healthcheck-healthcheckconfig.html",
        before={
            "": stack(
                {
                    "Check": resource(
                        "AWS::Route53::HealthCheck",
                        HealthCheckConfig={"Type": "HTTPS", "FailureThreshold": 3},
                    )
                }
            )
        },
        after={
            "": stack(
                {
                    "Check": resource(
                        "AWS::Route53::HealthCheck",
                        HealthCheckConfig={"Type": "HTTPS", "FailureThreshold": 2},
                    )
                }
            )
        },
        changes={
            "": [
                modify(
                    "Check",
                    "AWS::Route53::HealthCheck",
                    "Conditional",
                    {
                        "Target": {
                            "Attribute": "Properties",
                            "Name": "HealthCheckConfig",
                            "Path": "/Properties/HealthCheckConfig/Type",
                            "RequiresRecreation": "Always",
                        },
                        "Evaluation": "Dynamic",
                        "ChangeSource": "DirectModification",
                    },
                )
            ]
        },
        expect={"Check": Expected(certainty="certain", replacement="phantom")},
    ),
    Case(
        "a change set of an older kind names the property and no path in it",
        before={"": stack({"Orders": resource(TABLE, KeySchema=BY_ID)})},
        after={"": stack({"Orders": resource(TABLE, KeySchema=BY_ORDER)})},
        changes={
            "": [
                modify(
                    "Orders",
                    TABLE,
                    "True",
                    {
                        "Target": {
                            "Attribute": "Properties",
                            "Name": "KeySchema",
                            "RequiresRecreation": "Always",
                        },
                        "Evaluation": "Static",
                        "ChangeSource": "DirectModification",
                    },
                )
            ]
        },
        expect={"Orders": Expected(certainty="certain", replacement="certain")},
    ),
    Case(
        "of a reference without a version, CloudFormation may know that it has moved",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "dynamic-references-ssm.html",
        before={"": stack({"Host": resource(INSTANCE, ImageId="{{resolve:ssm:/ami}}")})},
        changes={
            "": [
                modify(
                    "Host",
                    INSTANCE,
                    "True",
                    detail("ImageId", "Always", values=("ami-1", "ami-2")),
                )
            ]
        },
        expect={"Host": Expected(certainty="certain", replacement="certain")},
    ),
    Case(
        "a custom resource that is updated may turn out to be another one",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/"
        "crpg-ref-requesttypes-update.html",
        before={
            "": stack(
                {
                    "Finds": resource("Custom::Lookup", Size=1),
                    "Uses": resource(INSTANCE, KeyName=ref("Finds")),
                }
            )
        },
        after={
            "": stack(
                {
                    "Finds": resource("Custom::Lookup", Size=2),
                    "Uses": resource(INSTANCE, KeyName=ref("Finds")),
                }
            )
        },
        changes={
            "": [
                modify("Finds", "Custom::Lookup", "False", detail("Size")),
                modify(
                    "Uses",
                    INSTANCE,
                    "Conditional",
                    detail("KeyName", "Always", dynamic=True, by="Finds.Ref"),
                ),
            ]
        },
        expect={
            "Finds": Expected(certainty="certain", replacement="possible"),
            "Uses": Expected(certainty="possible", replacement="possible"),
        },
    ),
    Case(
        "a database that may be replaced may lose what it holds",
        before={"": stack({"Db": resource(DATABASE, DBName="{{resolve:ssm:/name}}")})},
        changes={"": [modify("Db", DATABASE, "Conditional", detail("DBName", "Always"))]},
        expect={
            "Db": Expected(
                certainty="possible",
                replacement="possible",
                effect="data",
                says="if it is replaced",
            )
        },
    ),
)
