"""Whom the Shield Response Team calls, and what it may do: one an account, so the primary's."""

from __future__ import annotations

from troposphere import GetAtt, NoValue, Sub
from troposphere.shield import DRTAccess, EmergencyContact, ProactiveEngagement

from generator import grants
from generator.conditions import Conditions
from generator.layer import Layer

#: What the Response Team's role must carry, by AWS's word.
#: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_AssociateDRTRole.html
RESPONSE_POLICY = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSShieldDRTAccessPolicy"


class ShieldEngagement(Layer):
    """Shield Advanced's proactive engagement, and the role of the Shield Response Team.

    Both need the subscription, and engagement a plan of Business or Enterprise Support. The team's role
    carries AWS's policy, with wildcards; the boundary leaves of it what an attack calls for. No log bucket is
    handed over: Shield would write to its policy, which is foundation's.
    """

    condition = Conditions.shield_in_primary

    def build(self) -> None:
        self.engagement()
        self.response_team()

    def engagement(self) -> None:
        self.add(
            ProactiveEngagement(
                "Engagement",
                ProactiveEngagementStatus="ENABLED",
                EmergencyContactList=[
                    EmergencyContact(
                        EmailAddress=self.settings.shield_contact_email,
                        PhoneNumber=self.choose(
                            Conditions.shield_contact_phone,
                            self.settings.shield_contact_phone,
                            NoValue,
                        ),
                        ContactNotes=self.sub("Tradewind ${Environment}"),
                    )
                ],
                **self.only(Conditions.shield_engagement),
            )
        )

    def response_team(self) -> None:
        there = self.only(Conditions.shield_response_team)
        role = self.role(
            "ShieldResponse",
            trusted=grants.service("drt.shield"),
            allows=[],
            under="response",
            ManagedPolicyArns=[Sub(RESPONSE_POLICY)],
            **there,
        )
        self.add(DRTAccess("ResponseTeam", RoleArn=GetAtt(role, "Arn"), **there))
