"""E3 and E4: an order on its way, and its payment."""

from __future__ import annotations

from typing import Any

from tests.coverage.claims import LEAN, PAIR, PRIMARY, STANDBY, Claim, Every, No, Some, row
from tests.coverage.contents import Bundled, Holds, Item, Only, Refers, Without
from tests.coverage.expectations import AllOf, Anything, AtLeast, Given
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
                "Environment.Variables.WORKFLOW": Refers(MACHINE),
                "Code.S3Key": Bundled("start_execution", "name=", "ExecutionAlreadyExists"),
            },
            times=1,
        ),
    ),
    Claim(
        "reserve stock, charge, confirm, notify; and what failed is compensated",
        Some(
            MACHINE,
            {
                "DefinitionString.StartAt": "WhoseOrder",
                f"{STATES}.WhoseOrder.Default": "ReserveStock",
                **step("ReserveStock", "Reserved", "LookAgain"),
                f"{STATES}.Reserved.Default": "Charge",
                **step("Charge", "Charged", "LookAgain"),
                f"{STATES}.Charged.Default": "Commit",
                **step("Commit", "RecordConfirmation", "LookAgain"),
                f"{STATES}.RecordConfirmation.Next": "WhoHears",
                f"{STATES}.WhoHears.Default": "AnnounceConfirmation",
                f"{STATES}.AnnounceConfirmation.Next": "SettleStock",
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
            where={"DefinitionString.StartAt": "WhoseOrder"},
        ),
    ),
)

API, METHOD, STAGE = "AWS::ApiGateway::RestApi", "AWS::ApiGateway::Method", "AWS::ApiGateway::Stage"
MODEL, ENDPOINT = "AWS::ApiGateway::Model", "AWS::EC2::VPCEndpoint"
PRIVATE = Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC"), times=3)
#: The functions that speak to the processor.
ASKING = {"Environment.Variables.PROCESSOR": Anything()}

E4 = row(
    "E4",
    "PCI-minded payments",
    Claim(
        "an API that is reached through one endpoint alone",
        Every(
            API,
            {
                "EndpointConfiguration.Types": ["PRIVATE"],
                "EndpointConfiguration.VpcEndpointIds": Refers(ENDPOINT),
                "Policy.Statement": Item(
                    {
                        "Effect": "Deny",
                        "Principal": "*",
                        "Condition.StringNotEquals.aws:SourceVpce": Refers(ENDPOINT),
                    }
                ),
            },
        ),
    ),
    Claim(
        "which stands in the private subnets, for whoever asks for payments",
        Some(
            ENDPOINT,
            {
                "ServiceName": "com.amazonaws.{region}.execute-api",
                "SubnetIds": PRIVATE,
                "SecurityGroupIds[*]->SecurityGroupIngress[*].SourceSecurityGroupId": Refers(
                    "payment-requests/PaymentClients"
                ),
                "PolicyDocument.Statement[*].Action": ["execute-api:Invoke"],
            },
            times=1,
        ),
    ),
    Claim(
        "every request is authorised, and validated before anything runs",
        Every(
            METHOD,
            {
                "HttpMethod": "POST",
                "AuthorizationType": "AWS_IAM",
                "RequestValidatorId->ValidateRequestBody": True,
                "RequestValidatorId->ValidateRequestParameters": True,
                "RequestModels.application/json": Refers(MODEL),
                "Integration.PassthroughBehavior": "NEVER",
                "Integration.Uri": Refers(FUNCTION),
            },
        ),
    ),
    Claim(
        "an authorisation bears a token that can be no card number, and nothing that is not named",
        Some(
            MODEL,
            {
                "Name": "Authorization",
                "Schema.additionalProperties": False,
                "Schema.required": Holds("payment_token"),
                "Schema.properties.payment_token.pattern": Holds("(?!.*[0-9]{12})"),
                "Schema.properties": Without("card", "cvv"),
            },
            times=1,
        ),
    ),
    Claim(
        "it names its order, by which the processor and the table know it: nobody is charged twice",
        Every(
            MODEL,
            {"Schema.required": Holds("order_id"), "Schema.additionalProperties": False},
        ),
    ),
    Claim(
        "which is what the processor is told",
        Every(
            FUNCTION,
            {
                "Code.S3Key": Bundled('"Idempotency-Key"'),
                "Environment.Variables.PAYMENTS": "tradewind-{environment}-payments",
            },
            where=ASKING,
        ),
    ),
    Claim(
        "it is throttled, logged and traced; the log has no body, and so no token",
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
                "AccessLogSetting.Format": AllOf(
                    Holds("$context.requestId"), Without("$input", "body", "payment_token")
                ),
                "TracingEnabled": True,
            },
        ),
    ),
    Claim(
        "behind a web ACL",
        Some(
            "AWS::WAFv2::WebACLAssociation",
            {"ResourceArn": Refers(API), "WebACLArn": Refers("payment-firewall/PaymentsAcl")},
            times=1,
        ),
    ),
    Claim(
        "what speaks to the processor stands in the private subnets",
        Every(
            FUNCTION,
            {
                "VpcConfig.SubnetIds": PRIVATE,
                "VpcConfig.SecurityGroupIds": Refers(SECURITY_GROUP),
                "KmsKeyArn": DATA_KEY,
                "DeadLetterConfig.TargetArn": Refers(QUEUE),
            },
            where=ASKING,
        ),
    ),
    Claim(
        "and is told where its secret is, not what it is",
        Every(
            FUNCTION,
            {"Environment.Variables.SECRET": Refers("secrets/PaymentSecret")},
            where=ASKING,
        ),
        PRIMARY,
    ),
    Claim("the API is a toggle", No(API, {}, stands=PAIR), LEAN),
    later=["the shop's own use of the API, and the processor's sandbox: issue 4"],
)
