"""E3 and E4: an order on its way, and its payment."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import PAIR, PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Holds, Item, Mentions, Only, Refers, Without
from tests.coverage.expectations import AllOf, AtLeast, Given, Is
from tests.coverage.rows.names import DATA_KEY, FUNCTION, LOG_GROUP, QUEUE, SECURITY_GROUP

BUS, RULE, ARCHIVE = "AWS::Events::EventBus", "AWS::Events::Rule", "AWS::Events::Archive"
SCHEMA, MACHINE = "AWS::EventSchemas::Schema", "AWS::StepFunctions::StateMachine"
STATES = "DefinitionString.States"
ORDER_EVENTS = ("OrderAcknowledged", "OrderConfirmed", "OrderFailed")


def step(name: str, then: str, undone: str) -> dict[str, Any]:
    """A step, what follows it, and where it leads when it fails for good."""
    return {
        f"{STATES}.{name}.Type": "Task",
        f"{STATES}.{name}.Next": then,
        f"{STATES}.{name}.Retry": Given(),
        f"{STATES}.{name}.Catch": Item({"ErrorEquals": ["States.ALL"], "Next": undone}),
    }


def intake(stream: Any) -> Some:
    """The reader of the intake's stream; what it cannot tell is kept."""
    return Some(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionName": Refers("order-intake/OrderIntake"),
            "EventSourceArn": stream,
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": Holds("ReportBatchItemFailures"),
            "DestinationConfig.OnFailure.Destination": Refers(QUEUE),
            "FilterCriteria.Filters": Given(2),
        },
        times=1,
    )


E3 = row(
    "E3",
    "EventBridge order workflow",
    Claim(
        "a bus under our key, that keeps what it could not process",
        Every(
            BUS,
            {
                "KmsKeyIdentifier": DATA_KEY,
                "DeadLetterConfig.Arn": Refers(QUEUE),
                "Policy.Statement": Item(
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Condition.StringNotEquals.aws:PrincipalAccount": "{account}",
                    }
                ),
            },
        ),
    ),
    *(
        Claim(
            f"a schema for {name}",
            Some(
                SCHEMA,
                {
                    "SchemaName": f"tradewind.shop@{name}",
                    "Type": "JSONSchemaDraft4",
                    "Content": Holds('"order_id"', '"required"', '"additionalProperties": false'),
                },
                times=1,
            ),
        )
        for name in ORDER_EVENTS
    ),
    Claim(
        "an archive, from which they can be said again",
        Every(
            ARCHIVE,
            {
                "SourceArn": Refers(BUS),
                "EventPattern.detail-type": Only(*ORDER_EVENTS),
                "RetentionDays": AtLeast(14),
                "KmsKeyIdentifier": DATA_KEY,
            },
        ),
    ),
    Claim("a checkout becomes an event", intake(Refers("catalog/OrderIntakeTable")), PRIMARY),
    Claim("in the standby as well, from its own replica", intake(Given()), STANDBY),
    Claim(
        "a rule starts the workflow, and keeps what it could not",
        Some(
            RULE,
            {
                "EventBusName": Refers(BUS),
                "EventPattern.detail-type": ["OrderAcknowledged"],
                "Targets": Item({"Arn": Refers(FUNCTION), "DeadLetterConfig.Arn": Refers(QUEUE)}),
            },
            times=1,
        ),
    ),
    Claim(
        "which is known by the order's id: an order that is told twice is worked once",
        Some(
            FUNCTION,
            {
                "Environment.Variables": Mentions("order-workflow"),
                "Code.ZipFile": Holds("start_execution", "name=", "ExecutionAlreadyExists"),
            },
            times=1,
        ),
    ),
    Claim(
        "reserve stock, charge, confirm, notify; and what failed is compensated",
        Some(
            MACHINE,
            {
                "DefinitionString.StartAt": "ReserveStock",
                **step("ReserveStock", "Charge", "ReleaseStock"),
                **step("Charge", "Commit", "VoidCharge"),
                **step("Commit", "SettleStock", "VoidCharge"),
                f"{STATES}.RecordConfirmation.Next": "AnnounceConfirmation",
                f"{STATES}.AnnounceConfirmation.Next": "Confirmed",
                f"{STATES}.AnnounceConfirmation.Resource": Holds("events:putEvents"),
                f"{STATES}.VoidCharge.Next": "ReleaseStock",
                f"{STATES}.ReleaseStock.Next": "RecordFailure",
                f"{STATES}.AnnounceFailure.Resource": Holds("events:putEvents"),
            },
            times=1,
        ),
    ),
    Claim(
        "the commit waits while the database takes no writes",
        Some(
            MACHINE,
            {
                f"{STATES}.Commit.Retry": Item(
                    {"ErrorEquals": ["DatabaseNotWritable"], "MaxAttempts": AtLeast(100)}
                )
            },
            times=1,
        ),
    ),
    Claim(
        "it writes down which step ran, not what went through it",
        Every(
            MACHINE,
            {
                "LoggingConfiguration.Level": "ALL",
                "LoggingConfiguration.IncludeExecutionData": False,
                "LoggingConfiguration.Destinations": Refers(LOG_GROUP),
                "TracingConfiguration.Enabled": True,
            },
            where={"DefinitionString.StartAt": "ReserveStock"},
        ),
    ),
)

API, METHOD, STAGE = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method", "AWS::ApiGateway::Stage"
PRIVATE = Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC"), times=3)
PAYMENT = {"Environment.Variables.PAYMENT_SECRET": Given()}

E4 = row(
    "E4",
    "PCI-minded payments",
    Claim(
        "an API that the shop alone reaches",
        Every(
            API,
            {
                "EndpointConfiguration.Types": ["PRIVATE"],
                "Policy.Statement": Given(),
                "DisableExecuteApiEndpoint": Is(False),
            },
        ),
    ),
    Claim(
        "requests are authorised, and validated before anything runs",
        Some(
            METHOD,
            {
                "HttpMethod": "POST",
                "AuthorizationType": "AWS_IAM",
                "RequestValidatorId->ValidateRequestBody": True,
                "RequestValidatorId->ValidateRequestParameters": True,
                "RequestModels": Given(),
                "Integration.Type": "AWS_PROXY",
            },
        ),
    ),
    Claim(
        "by a model of tokens, that takes no card number and nothing that it does not name",
        Some(
            "AWS::ApiGateway::Model",
            {
                "Schema.additionalProperties": False,
                "Schema.required": Holds("payment_token"),
                "Schema.properties": AllOf(
                    Mentions("payment_token"), Without("card_number", "pan", "cvv")
                ),
            },
        ),
    ),
    Claim(
        "each request names itself, so that a second one charges nobody twice",
        Some(METHOD, {"RequestParameters": Mentions("Idempotency-Key")}),
    ),
    Claim(
        "it is throttled, logged and traced; the log has no card data",
        Every(
            STAGE,
            {
                "MethodSettings": Item(
                    {
                        "ThrottlingRateLimit": AtLeast(1),
                        "ThrottlingBurstLimit": AtLeast(1),
                        "LoggingLevel": "ERROR",
                        "DataTraceEnabled": False,
                    }
                ),
                "AccessLogSetting.DestinationArn": Refers(LOG_GROUP),
                "AccessLogSetting.Format": Without("$input", "requestBody", "payment_token"),
                "TracingEnabled": True,
            },
        ),
    ),
    Claim(
        "behind a web ACL",
        Some("AWS::WAFv2::WebACLAssociation", {"ResourceArn": Refers(STAGE)}),
    ),
    Claim(
        "what speaks to the processor stands in the private subnets",
        Every(
            FUNCTION,
            {
                "VpcConfig.SubnetIds": PRIVATE,
                "VpcConfig.SecurityGroupIds": Refers(SECURITY_GROUP),
                "KmsKeyArn": Given(),
            },
            where=PAYMENT,
        ),
    ),
    Claim(
        "and is told where its secret is, not what it is",
        Some(FUNCTION, {"Environment.Variables.PAYMENT_SECRET": Refers("secrets/PaymentSecret")}),
        PRIMARY,
    ),
    Claim("the API is a toggle", No(API, {}, stands=PAIR), PAIR.having(payment_api="false")),
)
