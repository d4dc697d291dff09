"""What comes and what goes: resources under conditions, whole stacks, and what stays behind."""

from tests.unit.deploy.explainer.case import (
    NESTED,
    Case,
    Expected,
    add,
    automatic,
    detail,
    nested,
    ref,
    remove,
    resource,
    stack,
)

ALARM = "AWS::CloudWatch::Alarm"
DATABASE = "AWS::RDS::DBInstance"
DOMAIN = "AWS::OpenSearchService::Domain"
QUEUE = "AWS::SQS::Queue"
TABLE = "AWS::DynamoDB::Table"
VPC = "AWS::EC2::VPC"

CONDITIONAL = stack(
    {"Index": resource(DOMAIN, {"Condition": "Search"}, EngineVersion="OpenSearch_2.19")},
    Parameters=["ProductSearch"],
    Conditions={"Search": {"Fn::Equals": [ref("ProductSearch"), "true"]}},
)
OFF, ON = {"ProductSearch": "false"}, {"ProductSearch": "true"}

CASES = (
    Case(
        "a resource appears because its condition becomes true",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "intrinsic-function-reference-conditions.html",
        before={"": CONDITIONAL},
        parameters=(OFF, ON),
        changes={"": [add("Index", DOMAIN)]},
        expect={
            "Index": Expected(
                certainty="certain",
                effect="none",
                properties={"EngineVersion": (None, "OpenSearch_2.19")},
                because=["condition Search", "parameter ProductSearch", "setting product_search"],
            )
        },
    ),
    Case(
        "a resource disappears because its condition becomes false, and its data with it",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "intrinsic-function-reference-conditions.html",
        before={"": CONDITIONAL},
        parameters=(ON, OFF),
        changes={"": [remove("Index", DOMAIN)]},
        expect={
            "Index": Expected(
                certainty="certain",
                effect="data",
                properties={"EngineVersion": ("OpenSearch_2.19", None)},
                because=["condition Search", "parameter ProductSearch"],
            )
        },
    ),
    Case(
        "a nested stack that comes brings what it holds",
        before={"": stack({})},
        after={
            "": stack({"Search": nested(Name="shop")}),
            "Search": stack({"Jobs": resource(QUEUE, QueueName=ref("Name"))}, Parameters=["Name"]),
        },
        changes={"": [add("Search", NESTED)], "Search": [add("Jobs", QUEUE)]},
        expect={
            "Search": Expected(certainty="certain", effect="none"),
            "Search/Jobs": Expected(
                certainty="certain",
                effect="none",
                properties={"QueueName": (None, "shop")},
                because=["it comes with Search"],
            ),
        },
    ),
    Case(
        "a nested stack that goes takes with it what it holds",
        cites="https://github.com/aws/aws-cdk/issues/11840",
        before={
            "": stack({"Search": nested()}),
            "Search": stack({"Orders": resource(TABLE), "Full": resource(ALARM)}),
        },
        after={"": stack({}), "Search": None},
        changes={
            "": [remove("Search", NESTED)],
            "Search": [remove("Orders", TABLE), remove("Full", ALARM)],
        },
        expect={
            "Search": Expected(certainty="certain"),
            "Search/Orders": Expected(
                certainty="certain", effect="data", because=["it goes with Search"]
            ),
            "Search/Full": Expected(certainty="certain", effect="none"),
        },
    ),
    Case(
        "what is retained is not lost, and nobody's any more",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-attribute-deletionpolicy.html",
        before={"": stack({"Orders": resource(TABLE, {"DeletionPolicy": "Retain"})})},
        after={"": stack({})},
        changes={"": [remove("Orders", TABLE)]},
        expect={
            "Orders": Expected(
                certainty="certain", policy="Retain", effect="none", warns=["Retain"], properties={}
            )
        },
    ),
    Case(
        "a database that goes leaves a snapshot, unless its policy says otherwise",
        cites="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-attribute-deletionpolicy.html",
        before={"": stack({"Db": resource(DATABASE)})},
        after={"": stack({})},
        changes={"": [remove("Db", DATABASE)]},
        expect={"Db": Expected(policy="Snapshot", effect="data")},
    ),
    Case(
        "a condition that rests on a sibling's new resource is decided by what that is",
        before={
            "": stack(
                {
                    "Network": nested(On=ref("On")),
                    "Hosts": nested(Id={"Fn::GetAtt": "Network.Outputs.Id"}),
                },
                Parameters=["On"],
            ),
            "Network": stack(
                {"Vpc": resource(VPC, {"Condition": "Yes"})},
                {"Id": {"Fn::If": ["Yes", ref("Vpc"), ""]}},
                Parameters=["On"],
                Conditions={"Yes": {"Fn::Equals": [ref("On"), "true"]}},
            ),
            "Hosts": stack(
                {"Jobs": resource(QUEUE, {"Condition": "Has"})},
                Parameters=["Id"],
                Conditions={"Has": {"Fn::Not": [{"Fn::Equals": [ref("Id"), ""]}]}},
            ),
        },
        parameters=({"On": "false"}, {"On": "true"}),
        changes={
            "": [automatic("Network", detail("Parameters", by="On")), automatic("Hosts")],
            "Network": [add("Vpc", VPC)],
            "Hosts": [add("Jobs", QUEUE)],
        },
        expect={
            "Network/Vpc": Expected(certainty="certain"),
            "Hosts/Jobs": Expected(
                certainty="certain", because=["condition Has", "output Id of Network"]
            ),
        },
    ),
    Case(
        "what may come or go comes or goes by its condition",
        before={
            "": stack(
                {
                    "Comes": resource(QUEUE, {"Condition": "On"}),
                    "Goes": resource(QUEUE, {"Condition": "Off"}),
                },
                Parameters=["Busy"],
                Conditions={
                    "On": {"Fn::Equals": [ref("Busy"), "yes"]},
                    "Off": {"Fn::Not": [{"Condition": "On"}]},
                },
            )
        },
        parameters=({"Busy": "no"}, {"Busy": "yes"}),
        changes={
            "": [
                {**add("Comes", QUEUE), "Action": "Dynamic"},
                {**remove("Goes", QUEUE), "Action": "Dynamic"},
            ]
        },
        expect={
            "Comes": Expected(
                certainty="certain", effect="none", because=["condition On of the root holds"]
            ),
            "Goes": Expected(
                certainty="certain",
                effect="outage",
                because=["condition Off of the root does not"],
            ),
        },
    ),
    Case(
        "what comes under a name that something keeps will fail",
        before={"": stack({"Uploads": resource("AWS::S3::Bucket", BucketName="files")})},
        after={
            "": stack(
                {
                    "Uploads": resource("AWS::S3::Bucket", BucketName="files"),
                    "More": resource("AWS::S3::Bucket", BucketName={"Fn::Sub": "files"}),
                }
            )
        },
        changes={"": [add("More", "AWS::S3::Bucket")]},
        expect={
            "More": Expected(warns=["it will fail: BucketName files already exists, as Uploads"])
        },
    ),
)
