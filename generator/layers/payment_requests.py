"""The private API at which the shop asks for payments while the customer waits."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from awacs import execute_api
from awacs.aws import Allow, Statement, StringNotEquals
from troposphere import GetAtt, Ref, Sub, Tags, encode_to_dict
from troposphere.apigateway import Deployment, EndpointConfiguration, RestApi

from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Output
from generator.layers.alerts import Alerts
from generator.layers.payment_door import Door, door
from generator.layers.payment_firewall import PaymentFirewall
from generator.layers.payment_methods import methods
from generator.layers.payment_requests_alarms import watch
from generator.layers.payment_stage import stage
from generator.layers.payments import Payments
from generator.layers.private_tier import PrivateTier
from generator.resource_policies import policy, refuse, this_account

#: In an API's policy: all that can be asked of it.
EVERYTHING = ["execute-api:/*"]

HOST = "a1b2c3d4e5-vpce-0123456789abcdef0.execute-api.us-east-1.amazonaws.com"


class PaymentRequests(PrivateTier):
    """the private API of payments: signed requests from inside the VPC, tokens only, nothing written down.

    It has an endpoint of its own, so it is there whether or not the other APIs are reached by endpoints, and
    the name it is called by leads to that endpoint alone. Its logs are written by the role that the account
    root gives API Gateway: where another stack holds that, it must be there.
    """

    condition = Conditions.payment_api

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    authorization_function_arn = Input(Payments.authorization_function_arn)
    void_function_arn = Input(Payments.void_function_arn)
    payments_acl_arn = Input(PaymentFirewall.payments_acl_arn)

    payments_url = Output(
        example=f"https://{HOST}/tradewind-dev-payments-us-east-1",
        help="The shop signs its requests to it; empty where there is no such API.",
    )
    payments_stage_arn = Output(
        example="arn:aws:execute-api:us-east-1:111111111111:a1b2c3d4e5/tradewind-dev-payments-us-east-1",
        help="As grants name it (execute-api).",
    )
    payment_client_group_id = Output(
        example="sg-0123456789abcdef3", help="Whoever is in this group reaches the API."
    )
    payment_requests_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-payment-api-tier-us-east-1",
    )

    def build(self) -> None:
        self.door: Door = door(self)
        self.api()
        self.methods = methods(self)
        self.deployment()
        stage(self, self.snapshot)
        self.outputs()
        self.payment_requests_alarm_arn = GetAtt(watch(self), "Arn")

    def api(self) -> None:
        """Called from elsewhere it refuses everyone, whatever their roles allow."""
        ours = Statement(
            Sid="WhoseRoleSaysSo",
            Effect=Allow,
            Principal=this_account(),
            Action=[execute_api.Invoke],
            Resource=EVERYTHING,
        )
        elsewhere = refuse(
            "NotFromElsewhere",
            [execute_api.Invoke],
            EVERYTHING,
            [StringNotEquals("aws:SourceVpce", Ref(self.door.endpoint))],
        )
        self.rest_api = self.add(
            RestApi(
                "Api",
                Name=self.named("payments"),
                Description="Payments by token, for the shop alone",
                EndpointConfiguration=EndpointConfiguration(
                    Types=["PRIVATE"], VpcEndpointIds=[Ref(self.door.endpoint)]
                ),
                Policy=encode_to_dict(policy(ours, elsewhere)),
                Tags=Tags(Name=self.named("payments")),
            )
        )

    def deployment(self) -> None:
        """A deployment is a snapshot: it bears the digest of what it shows, so a change makes a new one."""
        shown = {
            title: resource.to_dict()
            for title, resource in self.template.resources.items()
            if str(resource.resource_type).startswith("AWS::ApiGateway::")
        }
        digest = hashlib.sha256(json.dumps(encode_to_dict(shown), sort_keys=True).encode())
        self.snapshot = self.add(
            Deployment(
                f"Deployment{digest.hexdigest()[:12]}",
                RestApiId=Ref(self.rest_api),
                Description="What the API is, as its title's digest has it",
                DependsOn=[method.title for method in self.methods],
            )
        )

    def outputs(self) -> None:
        """An API that is bound to an endpoint has a name that leads to it, private DNS or not.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/associate-private-api-with-vpc-endpoint.html
        """
        parts: dict[str, Any] = {"Api": Ref(self.rest_api), "Stage": self.named("payments")}
        self.payments_stage_arn = self.stage_arn()
        self.payments_url = Sub(
            "https://${Api}-${Endpoint}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}",
            Endpoint=Ref(self.door.endpoint),
            **parts,
        )
        self.payment_client_group_id = GetAtt(self.door.clients, "GroupId")

    def stage_arn(self) -> Sub:
        """As grants and permissions name it."""
        return Sub(
            "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/${Stage}",
            Api=Ref(self.rest_api),
            Stage=self.named("payments"),
        )
