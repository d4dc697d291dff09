"""P6 and E2: what the warehouse counts, and what Personalize learns."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import LEAN, PAIR, PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Holds, Item, Mentions, Refers
from tests.coverage.expectations import AtLeast, Given
from tests.coverage.rows.names import DATA_KEY, LOG_GROUP, QUEUE, ROLE, SECURITY_GROUP

NAMESPACE, WORKGROUP = "AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup"
STREAM = "AWS::KinesisFirehose::DeliveryStream"
RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
MACHINE = "AWS::StepFunctions::StateMachine"
S3 = "ExtendedS3DestinationConfiguration"


def scheduled(machine: str, cron: str) -> list[Claim]:
    """A machine that a schedule starts: in the primary; in the standby it waits to be turned on."""
    return [
        Claim(
            f"a schedule starts it, and keeps what it could not start; {state} in the {role}",
            Some(
                SCHEDULE,
                {
                    "Target.Arn": Refers(machine),
                    "Target.DeadLetterConfig.Arn": Refers(QUEUE),
                    "ScheduleExpression": Holds(cron),
                    "ScheduleExpressionTimezone": Given(),
                    "State": state,
                },
                times=1,
            ),
            at,
        )
        for role, state, at in (("primary", "ENABLED", PRIMARY), ("standby", "DISABLED", STANDBY))
    ]


P6 = row(
    "P6",
    'Redshift for "Most Popular Products"',
    Claim(
        "Redshift Serverless, encrypted, whose logs we keep",
        Every(
            NAMESPACE,
            {
                "KmsKeyId": DATA_KEY,
                "ManageAdminPassword": True,
                "AdminPasswordSecretKmsKeyId": Refers(
                    "foundation/SecretsKey", "foundation/SecretsReplicaKey"
                ),
                "LogExports": Holds("connectionlog", "useractivitylog", "userlog"),
                "IamRoles": Refers(ROLE),
            },
        ),
    ),
    Claim(
        "private in the VPC, over TLS",
        Every(
            WORKGROUP,
            {
                "NamespaceName": Refers(NAMESPACE),
                "PubliclyAccessible": False,
                "EnhancedVpcRouting": True,
                "SubnetIds": Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC"), times=3),
                "SecurityGroupIds": Refers(SECURITY_GROUP),
                "ConfigParameters": Item({"ParameterKey": "require_ssl", "ParameterValue": "true"}),
                "BaseCapacity": AtLeast(8),
                "MaxCapacity": AtLeast(8),
            },
        ),
    ),
    Claim(
        "confirmed orders go from the bus to Firehose",
        Some(
            RULE,
            {
                "EventBusName": Refers("events/Bus"),
                "EventPattern.detail-type": ["OrderConfirmed"],
                "Targets": Item(
                    {
                        "Arn": Refers(STREAM),
                        "RoleArn": Refers(ROLE),
                        "DeadLetterConfig.Arn": Refers(QUEUE),
                    }
                ),
            },
            times=1,
        ),
    ),
    Claim(
        "and from there to S3, under our key",
        Every(
            STREAM,
            {
                f"{S3}.BucketARN": Refers("foundation/ExportsBucket"),
                f"{S3}.Prefix": Holds("orders/"),
                f"{S3}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN": DATA_KEY,
                f"{S3}.CloudWatchLoggingOptions.Enabled": True,
                f"{S3}.CloudWatchLoggingOptions.LogGroupName": Refers(LOG_GROUP),
                "DeliveryStreamEncryptionConfigurationInput.KeyType": "CUSTOMER_MANAGED_CMK",
            },
        ),
    ),
    Claim(
        "a machine loads them by COPY and ranks them, through the Data API",
        Some(
            MACHINE,
            {
                "DefinitionString.States": Mentions(
                    "COPY shop.arriving",
                    "aws-sdk:redshiftdata:executeStatement",
                    "aws-sdk:redshiftdata:getStatementResult",
                    "ORDER BY 2 DESC",
                ),
                "DefinitionString.States.Publish.Arguments.FunctionName": Refers(
                    "top-products/TopProductsWriter"
                ),
            },
            times=1,
        ),
    ),
    Claim(
        "and its result is written into the catalogue, where the shop reads",
        Some(
            ROLE,
            {
                "ManagedPolicyArns->PolicyDocument.Statement": Item(
                    {"Action": Holds("dynamodb:PutItem"), "Resource[*]": Holds("-catalogue")}
                ),
                "RoleName": Holds("top-products-writer"),
            },
            times=1,
        ),
    ),
    *scheduled("top-products/Ranking", "cron(30 4 "),
    *(
        Claim(
            f"{kind.rpartition('::')[2]} is a toggle",
            No(kind, {}, stands=PAIR),
            LEAN,
        )
        for kind in (NAMESPACE, STREAM)
    ),
)

PERSONALIZE = "AWS::Personalize::"
GROUP = f"{PERSONALIZE}DatasetGroup"


def of_group(**has: Any) -> dict[str, Any]:
    """What belongs to the dataset group."""
    return {"DatasetGroupArn": Refers(GROUP), **has}


E2 = row(
    "E2",
    "Personalize",
    Claim(
        "a dataset group, under our key",
        Every(GROUP, {"KmsKeyArn": DATA_KEY, "RoleArn": Refers(ROLE)}),
    ),
    *(
        Claim(
            f"{kind.lower()}: a schema and a dataset",
            Some(
                f"{PERSONALIZE}Dataset",
                of_group(
                    DatasetType=kind,
                    SchemaArn=Refers(f"{PERSONALIZE}Schema"),
                    **{"SchemaArn->Schema.fields": Item({"name": "ITEM_ID"})},
                ),
                times=1,
            ),
        )
        for kind in ("Interactions", "Items")
    ),
    Claim(
        "a solution",
        Every(
            f"{PERSONALIZE}Solution", of_group(RecipeArn=Holds("recipe/aws-user-personalization"))
        ),
    ),
    Claim("an event tracker", Every(f"{PERSONALIZE}EventTracker", of_group(Name=Given()))),
    Claim(
        "a filter of what was bought",
        Every(
            f"{PERSONALIZE}Filter",
            of_group(FilterExpression=Holds("EXCLUDE ItemID WHERE Interactions.EVENT_TYPE")),
        ),
    ),
    Claim(
        "a machine trains a version of the solution, and makes or updates the campaign",
        Some(
            MACHINE,
            {
                "DefinitionString.States": Mentions(
                    "aws-sdk:personalize:createSolutionVersion",
                    "aws-sdk:personalize:createCampaign",
                    "aws-sdk:personalize:updateCampaign",
                )
            },
            times=1,
        ),
    ),
    *scheduled("recommendation-training/Training", "cron(0 2 "),
    Claim(
        "fed from the shop's events",
        Some(
            RULE,
            {
                "EventBusName": Refers("events/Bus"),
                "EventPattern.detail-type": Holds(
                    "ProductViewed", "ProductAddedToCart", "OrderConfirmed"
                ),
                "Targets": Item(
                    {
                        "Arn": Refers("interactions/Interactions"),
                        "DeadLetterConfig.Arn": Refers(QUEUE),
                    }
                ),
            },
            times=1,
        ),
    ),
    Claim(
        "through a queue",
        Some(
            "AWS::Lambda::EventSourceMapping",
            {
                "EventSourceArn": Refers("interactions/Interactions"),
                "FunctionName": Refers("interactions/InteractionFeed"),
            },
            times=1,
        ),
    ),
    Claim(
        "by a function that is told the tracker",
        Some(
            "AWS::Lambda::Function",
            {"Environment.Variables.TRACKING_ID": Refers(f"{PERSONALIZE}EventTracker")},
            times=1,
        ),
    ),
    Claim("by toggle", No(GROUP, {}, stands=PAIR), LEAN),
    Claim(
        "and where the region offers it",
        No(GROUP, {}, stands=PAIR),
        PAIR.having(offers_personalize="false"),
    ),
)
