"""Taking payments: the functions that speak to the processor, and what keeps it to once an order."""

from __future__ import annotations

from troposphere import AWSObject, GetAtt, Ref
from troposphere.logs import MetricFilter, MetricTransformation

from generator import grants
from generator.alarms import Formula, Series, above, formula_alarm, tier_alarm
from generator.foundation import Foundation
from generator.functions import FunctionHolder, function_alarms, python_function
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.catalog import Catalog
from generator.layers.global_tables import TableDesign, TableHolder, global_table, table_arn
from generator.layers.private_tier import PrivateTier
from generator.layers.secrets import Secrets
from generator.layers.table_alarms import table_alarms
from generator.naming import kebab
from generator.queues import dead_letter_alarm, dead_letter_queue
from generator.security import https_leaves

#: Order id -> what became of its payment. It forgets after 400 days (`runtime/functions/payment_*`).
PAYMENTS = TableDesign("payments", key="order_id", expires_by="expires_at")

#: Where the authorisation's log filters count.
METRICS = "Tradewind/Payments"

#: Percent of payments declined that is not as usual, of at least so many in five minutes.
DECLINED, OF = 30, 20

#: Payments at the same time: what the API lets through in a second, for customers wait. And seconds for one:
#: longer than the processor may take, shorter than a step.
PARALLEL, TIMEOUT = 100, 30

FUNCTION = "arn:aws:lambda:us-east-1:111111111111:function:tradewind-dev-payment-"


class Payments(TableHolder, FunctionHolder, PrivateTier):
    """the functions that authorise and void payments, the table of what became of them, their alarms.

    Card numbers: there are none. The customer's browser gives the card to the processor and gets a token;
    what arrives here is the token, and whatever has another shape is refused unread, in the API's models and
    again in the functions. The token lies in order-intake, encrypted, and goes nowhere but to the processor.

    What is logged: the order's id and the outcome (the functions), which step ran (the workflow, without
    data), and of the API's requests time, method, path, status and duration. No body, header, token or key.

    The table is global, so a payment settled in one region is settled in the other; while they do not see
    each other, the processor's own idempotency by the order's id is what keeps a charge to one.
    """

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    order_intake_table = Input(Catalog.order_intake_table)
    order_intake_table_arn = Input(Catalog.order_intake_table_arn)
    payment_secret_arn = Input(Secrets.payment_secret_arn)

    authorization_function_arn = Output(
        example=f"{FUNCTION}authorization-us-east-1",
        help="Takes {order: ...}; answers authorized or declined, and raises where neither is so.",
    )
    void_function_arn = Output(
        example=f"{FUNCTION}void-us-east-1", help="Voids whatever was authorised for {order: ...}."
    )
    payments_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-payments-tier-us-east-1",
    )

    def build(self) -> None:
        global_table(self, PAYMENTS)
        self.dead_letters()
        self.authorization()
        self.void()
        self.outcomes()
        self.alarms()

    def dead_letters(self) -> None:
        """For calls that do not wait for an answer; nobody makes one today."""
        self.unanswered = dead_letter_queue(self, "UnansweredPayments", key_arn=self.data_key_arn)

    def authorization(self) -> None:
        intake = grants.Table(self.order_intake_table_arn, self.data_key_arn)
        self.authorizing = self.speaker(
            "PaymentAuthorization",
            allows=[intake.get()],
            environment={"INTAKE": self.order_intake_table},
        )
        self.authorization_function_arn = GetAtt(self.authorizing, "Arn")

    def void(self) -> None:
        self.voiding = self.speaker("PaymentVoid", allows=[], environment={})
        self.void_function_arn = GetAtt(self.voiding, "Arn")

    def speaker(
        self, title: str, *, allows: list[grants.Allowed], environment: dict[str, object]
    ) -> AWSObject:
        """A function that speaks to the processor, in the private subnets, with its key by reference."""
        return python_function(
            self,
            title,
            source=kebab(title).replace("-", "_"),
            logs_key_arn=self.logs_key_arn,
            allows=[
                grants.Table(table_arn(self, PAYMENTS), self.data_key_arn).update(),
                grants.Secret(self.payment_secret_arn, self.secrets_key_arn).read(),
                *allows,
            ],
            environment={
                "PAYMENTS": self.named_everywhere(PAYMENTS.purpose),
                "PROCESSOR": self.settings.payment_processor_url,
                "SECRET": self.payment_secret_arn,
                **environment,
            },
            environment_key_arn=self.data_key_arn,
            timeout=TIMEOUT,
            placement=self.placed(
                title, https_leaves("AWS APIs and the payment processor"), says=f"{title}: to HTTPS"
            ),
            dead_letters=grants.Queue(GetAtt(self.unanswered, "Arn"), self.data_key_arn),
            concurrency=PARALLEL,
        )

    def outcomes(self) -> None:
        """The function logs one line for an order: its outcome, then its id."""
        for outcome in ("authorized", "declined"):
            self.add(
                MetricFilter(
                    f"{outcome.title()}Count",
                    LogGroupName=Ref("PaymentAuthorizationLogs"),
                    FilterPattern=f'{{ $.message = "{outcome} *" }}',
                    MetricTransformations=[
                        MetricTransformation(
                            MetricNamespace=METRICS,
                            MetricName=self.named(f"payments-{outcome}"),
                            MetricValue="1",
                        )
                    ],
                )
            )

    def alarms(self) -> None:
        rate = "IF(FILL(yes, 0) + FILL(no, 0) >= {}, 100 * FILL(no, 0) / (FILL(yes, 0) + FILL(no, 0)), 0)"
        declined = formula_alarm(
            self,
            "DeclinedPayments",
            Formula(
                rate.format(OF), {"yes": self.counted("authorized"), "no": self.counted("declined")}
            ),
            above(DECLINED, breaches=2, periods=3),
            topic=self.alerts_topic_arn,
            says="The processor declines more payments than usual. Ask it why; stolen cards being tried "
            "look like this as well: look at the web ACL's rate rules.",
        )
        unanswered = dead_letter_alarm(
            self,
            self.unanswered,
            topic=self.alerts_topic_arn,
            says="A call to a payment function was given up. Whoever made it did not wait: find out who.",
        )
        running = [
            alarm
            for function in (self.authorizing, self.voiding)
            for alarm in function_alarms(
                self,
                function,
                topic=self.alerts_topic_arn,
                failing=f"{function.title} fails: the processor does not answer, its key is not in force, "
                "or payment_processor_url is empty. Its log names the error; orders wait, then end.",
                throttled=f"{function.title} is throttled; payments wait. Raise its reserved concurrency.",
            )
        ]
        tier = tier_alarm(
            self,
            "PaymentsTier",
            [declined, unanswered, *running, *table_alarms(self, PAYMENTS)],
            topic=self.alerts_topic_arn,
            says="Payments are not taken as they should be: see which of the tier's alarms fires.",
        )
        self.payments_alarm_arn = GetAtt(tier, "Arn")

    def counted(self, outcome: str) -> Series:
        return Series(METRICS, self.named(f"payments-{outcome}"), {}, period=300)
