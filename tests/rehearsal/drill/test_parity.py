"""`tradewind parity` on a deployed platform: alike as deployed; what is planted is found alone."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from generator import environments
from scripts.drill.parity.comparison import compare
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.drill.pair import STANDBY, Project, deployed_pair, platform
from tests.rehearsal.sandbox.running import until

#: A parameter that nothing is made of while nobody subscribes to Shield.
CONTACT = "ShieldContactEmail"

_accounts = itertools.count(570000000000 + os.getpid() % 100000 * 1000)


@dataclass(frozen=True)
class Pair:
    """The deployed platform; `at` is what its standby is made of."""

    project: Project
    at: dict[str, str]

    def client(self, service: str) -> Any:
        """A service in the standby, where everything is planted."""
        return self.project.client(service, STANDBY)

    def differences(self) -> set[tuple[str, str]]:
        """What differs now: family and subject."""
        environment = environments.read(self.project.path / "params", "dev")
        found = compare(self.project.aws(), environment)
        return {(one.family, one.subject) for one in found.differences}


@pytest.fixture(scope="module")
def pair(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    project = deployed_pair(sandbox, tmp_path_factory.mktemp("pair"), str(next(_accounts)))
    return Pair(project, platform(project))


def test_a_platform_as_it_was_deployed_is_alike(pair: Pair) -> None:
    run = pair.project.run("parity", "dev", "--json")

    assert run.code == 0, run.out + run.told
    assert run.document["equal"]
    assert run.document["counts"]["different"] == 0
    families = {one["family"] for one in run.document["findings"]}
    assert families >= {"templates", "parameters", "ceilings", "databases", "keys", "secrets"}


def test_nothing_is_left_unread(pair: Pair) -> None:
    run = pair.project.run("parity", "dev")

    assert run.code == 0
    assert "not known" not in run.out


def changed(pair: Pair, *, shield_contact: str = "", description: str = "") -> None:
    """The standby's account stack, updated past params: a value, or a line of its template."""
    cloudformation, name = pair.client("cloudformation"), "tradewind-dev-account"
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    template = cloudformation.get_template(StackName=name)["TemplateBody"]
    same = [
        {"ParameterKey": one["ParameterKey"], "UsePreviousValue": True}
        for one in stack["Parameters"]
        if not (shield_contact and one["ParameterKey"] == CONTACT)
    ]
    other = [{"ParameterKey": CONTACT, "ParameterValue": shield_contact}] if shield_contact else []
    body = json.loads(template) if isinstance(template, str) else template
    if description:
        body = {**body, "Description": description}
    cloudformation.update_stack(
        StackName=name,
        TemplateBody=json.dumps(body, separators=(",", ":")),
        Parameters=[*same, *other],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    until(lambda: status(cloudformation, name).endswith("_COMPLETE"))
    assert status(cloudformation, name) == "UPDATE_COMPLETE"


def status(cloudformation: Any, name: str) -> str:
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    found: str = stack["StackStatus"]
    return found


def other_parameter(pair: Pair) -> None:
    changed(pair, shield_contact="somebody@example.com")


def other_template(pair: Pair) -> None:
    changed(pair, description="changed by hand")


def lower_ceiling(pair: Pair) -> None:
    fleet = pair.at["Storefront/Fleet"]
    pair.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName=fleet, MaxSize=2)


def other_image(pair: Pair) -> None:
    pair.client("ec2").create_launch_template_version(
        LaunchTemplateId=pair.at["ShopInstance/ShopTemplate"],
        LaunchTemplateData={"ImageId": "ami-0123456789abcdef0"},
    )


def other_revision(pair: Pair) -> None:
    """CodeDeploy brought one to the standby alone."""
    (platform,) = pair.client("cloudformation").describe_stacks(StackName="tradewind-dev-platform")[
        "Stacks"
    ]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in platform["Outputs"]}
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in platform["Parameters"]}
    client = pair.client("codedeploy")
    location = {
        "bucket": parameters["ArtifactsBucket"],
        "key": outputs["ShopRevisionKey"],
        "bundleType": "zip",
    }
    deployment = client.create_deployment(
        applicationName=outputs["ShopApplication"],
        deploymentGroupName=outputs["ShopDeploymentGroup"],
        revision={"revisionType": "S3", "s3Location": location},
    )["deploymentId"]

    def state() -> str:
        found: str = client.get_deployment(deploymentId=deployment)["deploymentInfo"]["status"]
        return found

    until(lambda: state() in ("Succeeded", "Failed"))
    assert state() == "Succeeded"


def other_engine(pair: Pair) -> None:
    """A minor version that the sandbox knows; AWS would go back to none, the sandbox does."""
    cluster = pair.at["Orders/OrdersCluster"]
    pair.client("rds").modify_db_cluster(
        DBClusterIdentifier=cluster, EngineVersion="17.7", ApplyImmediately=True
    )


def no_secret(pair: Pair) -> None:
    """Deleted where it is replicated from: both regions lack it, and that is not what parity means."""
    pair.project.client("secretsmanager").delete_secret(
        SecretId="tradewind-dev-origin-header", ForceDeleteWithoutRecovery=True
    )


def no_certificate(pair: Pair) -> None:
    certificate = pair.at["FrontDoor/OriginCertificate"]
    pair.client("acm").delete_certificate(CertificateArn=certificate)


def disabled_key(pair: Pair) -> None:
    (foundation,) = pair.client("cloudformation").describe_stacks(
        StackName="tradewind-dev-foundation"
    )["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in foundation["Outputs"]}
    pair.client("kms").disable_key(KeyId=outputs["ArtifactsKeyArn"])


def silent_alarm(pair: Pair) -> None:
    alarm = pair.at["GoldenSignals/NoHealthyInstance"]
    pair.client("cloudwatch").disable_alarm_actions(AlarmNames=[alarm])


def deleted_alarm(pair: Pair) -> None:
    pair.client("cloudwatch").delete_alarms(AlarmNames=[pair.at["Observability/RegionUnwell"]])


def shorter_logs(pair: Pair) -> None:
    group = pair.at["OrderWorkflow/OrderCommitLogs"]
    pair.client("logs").put_retention_policy(logGroupName=group, retentionInDays=1)


def no_concurrency(pair: Pair) -> None:
    function = pair.at["OrderWorkflow/OrderCommit"]
    pair.client("lambda").put_function_concurrency(
        FunctionName=function, ReservedConcurrentExecutions=0
    )


@pytest.mark.parametrize(
    ("plant", "family", "subject"),
    [
        (other_parameter, "parameters", f"account.{CONTACT}"),
        (other_template, "templates", "account"),
        (lower_ceiling, "ceilings", "platform/Storefront/Fleet"),
        (other_image, "images", "platform/ShopInstance/ShopTemplate"),
        (other_revision, "revisions", "platform/ShopReleases/ShopDeployments"),
        (other_engine, "databases", "orders"),
        (no_secret, "secrets", "OriginSecretArn"),
        (no_certificate, "certificates", "platform/FrontDoor/OriginCertificate"),
        (disabled_key, "keys", "ArtifactsKeyArn"),
        (silent_alarm, "alarms", "platform/GoldenSignals/NoHealthyInstance"),
        (deleted_alarm, "alarms", "platform/Observability/RegionUnwell"),
        (shorter_logs, "logs", "platform/OrderWorkflow/OrderCommitLogs"),
        (no_concurrency, "concurrency", "platform/OrderWorkflow/OrderCommit"),
    ],
)
def test_a_difference_that_is_planted_is_found_and_nothing_else(
    pair: Pair, plant: Callable[[Pair], None], family: str, subject: str
) -> None:
    """What an earlier case planted still stands: a case is what is found besides."""
    before = pair.differences()

    plant(pair)

    found = pair.differences()
    assert found - before == {(family, subject)}
    assert before <= found


def test_a_difference_is_an_exit_code_and_a_remedy(pair: Pair) -> None:
    lower_ceiling(pair)

    run = pair.project.run("parity", "dev")

    assert run.code == 1
    assert "ceilings, platform/Storefront/Fleet: " in run.out
    assert "tradewind drift dev (autoscaling:DescribeAutoScalingGroups)" in run.out
