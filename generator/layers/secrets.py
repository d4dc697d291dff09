"""Secrets and what rotates them: the primary region writes them, the standby reads their replicas."""

from __future__ import annotations

from troposphere import AWSObject, NoValue, Ref
from troposphere.secretsmanager import ReplicaRegion

from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.functions import FunctionHolder
from generator.layer import Handoff, Input, Output, Where
from generator.layers.alerts import Alerts
from generator.layers.generated_secrets import generated_secret, in_the_peer
from generator.layers.private_tier import PrivateTier
from generator.layers.secret_rotation import rotations
from generator.places import EDGE_REGION
from generator.postgres import CREDENTIALS, DATABASE, MASTER_USERNAME
from generator.secret_replicas import replica_arn
from generator.suppressions import accepted
from generator.valkey import SHOP

ARN = "arn:aws:secretsmanager:us-east-1:111111111111:secret:tradewind-dev-"


class Secrets(FunctionHolder, PrivateTier):
    """Credentials of database and cache, the payment key, the origin header, and their rotation."""

    secrets_key_arn = Handoff(Foundation.secrets_key_arn)
    peer_secrets_key_arn = Handoff(Foundation.secrets_key_arn, of=Where.PEER)
    edge_secrets_key_arn = Handoff(Foundation.secrets_key_arn, of=Where.EDGE)
    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    orders_secret_arn = Output(
        example=f"{ARN}orders-database-AbCdEf",
        handed_on=True,
        help="username, password, engine, dbname; the host is an output of Orders.",
    )
    cache_secret_arn = Output(
        example=f"{ARN}session-cache-AbCdEf",
        handed_on=True,
        help="username, password; empty where there is no session cache.",
    )
    payment_secret_arn = Output(
        example=f"{ARN}payment-processor-AbCdEf", handed_on=True, help="api_key."
    )
    origin_secret_arn = Output(
        example=f"{ARN}origin-header-AbCdEf", handed_on=True, help="current, previous."
    )
    rotation_security_group_id = Output(
        example="sg-0123456789abcdef1", help="Empty in the standby, where nothing rotates."
    )

    secrets_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-secrets-tier-us-east-1",
        help="Empty in the standby, where nothing rotates.",
    )

    primary_orders_secret_arn = Handoff(orders_secret_arn, of=Where.PRIMARY)
    primary_cache_secret_arn = Handoff(cache_secret_arn, of=Where.PRIMARY)
    primary_payment_secret_arn = Handoff(payment_secret_arn, of=Where.PRIMARY)
    primary_origin_secret_arn = Handoff(origin_secret_arn, of=Where.PRIMARY)

    def build(self) -> None:
        self.orders_credentials()
        self.cache_credentials()
        self.payment_key()
        self.origin_header()
        self.rotation()

    def orders_credentials(self) -> None:
        """No host: the standby's replica of the secret would name the primary's."""
        template = {"username": MASTER_USERNAME, "engine": "postgres", "dbname": DATABASE}
        self.orders = generated_secret(
            self,
            "OrdersSecret",
            purpose=CREDENTIALS,
            says="Master credentials of the orders database",
            generated="password",
            beside=template,
        )
        self.orders_secret_arn = self.here(self.orders, self.primary_orders_secret_arn)

    def cache_credentials(self) -> None:
        """Both regions' caches know the shop by the same password."""
        self.cache = generated_secret(
            self,
            "CacheSecret",
            purpose="session-cache",
            says="The shop's user of the session cache",
            generated="password",
            beside={"username": SHOP},
            there=Conditions.session_cache_primary,
        )
        self.cache_secret_arn = self.choose(
            Conditions.session_cache, self.here(self.cache, self.primary_cache_secret_arn), ""
        )

    def payment_key(self) -> None:
        self.payment = generated_secret(
            self,
            "PaymentSecret",
            purpose="payment-processor",
            says="API key of the payment processor; register it there before the first charge",
            generated="api_key",
            beside={},
        )
        self.payment_secret_arn = self.here(self.payment, self.primary_payment_secret_arn)

    def origin_header(self) -> None:
        """Rotated by a release, not by a schedule: both platforms must know a value before edge sends it."""
        origin = generated_secret(
            self,
            "OriginSecret",
            purpose="origin-header",
            says="What CloudFront tells the load balancers; previous counts while a release rotates it",
            generated="current",
            beside={"previous": ""},
            replicas=[in_the_peer(self), self.in_an_edge_apart()],
            Metadata=accepted(
                "a release rotates it", guard="SECRETSMANAGER_ROTATION_ENABLED_CHECK"
            ),
        )
        self.origin_secret_arn = self.here(origin, self.primary_origin_secret_arn)

    def rotation(self) -> None:
        place = rotations(self, self.orders, self.cache, self.payment)
        (group_id,) = place.security_groups
        self.rotation_security_group_id = self.choose(Conditions.primary, group_id, "")

    def in_an_edge_apart(self) -> object:
        """The distribution is made there, and a dynamic reference is resolved where its stack is."""
        replica = ReplicaRegion(Region=EDGE_REGION, KmsKeyId=self.edge_secrets_key_arn)
        return self.choose(Conditions.edge_apart, replica, NoValue)

    def here(self, secret: AWSObject, primary_arn: Ref) -> object:
        """The secret's ARN in this region."""
        return self.choose(Conditions.primary, Ref(secret), replica_arn(primary_arn))
