"""Two regions of an account, as far as data that move concern them: in memory, held to botocore's models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from scripts.aws import Aws, AwsSaidNo
from scripts.drill.theatre import Theatre
from tests.unit.drill import theatres

PRIMARY, STANDBY = "eu-west-1", "eu-central-1"
SECRET = (
    f"arn:aws:secretsmanager:{PRIMARY}:222222222222:secret:tradewind-dev-orders-database-AbCdEf"
)
ROTATION = (
    f"arn:aws:lambda:{PRIMARY}:222222222222:function:tradewind-dev-database-rotation-{PRIMARY}"
)
GROUP = "tradewind-dev-orders"


def cluster(region: str) -> str:
    return f"arn:aws:rds:{region}:222222222222:cluster:tradewind-dev-orders-{region}"


def commits(region: str) -> str:
    return f"tradewind-dev-order-commit-{region}"


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Cloud:
    """What stands. `looks` is how often RDS is asked before what is under way has come to its end.

    `before` and `after` are called with each operation; they may raise.
    """

    writer: str = PRIMARY
    towards: str = ""
    looks: int = 2
    versions: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys((PRIMARY, STANDBY), "17.9")
    )
    concurrency: dict[str, int | None] = field(default_factory=lambda: {PRIMARY: 20, STANDBY: 20})
    rotates: bool = True
    rules: dict[str, Any] = field(default_factory=lambda: {"AutomaticallyAfterDays": 30})
    pending: bool = False
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    _left: int = 0

    @property
    def aws(self) -> Aws:
        """As steps are given it."""
        return cast("Aws", self)

    def client(self, service: str, region: str) -> Client:
        return Client(self, service, region)

    def standing(self) -> tuple[Any, ...]:
        """All of it that a drill must put back."""
        return self.writer, dict(self.concurrency), self.rotates, dict(self.rules)

    # rds

    def describe_global_clusters(self, _region: str, **_: Any) -> dict[str, Any]:
        moving = bool(self.towards)
        told: dict[str, Any] = {
            "GlobalClusterIdentifier": GROUP,
            "Status": "switching-over" if moving else "available",
            "GlobalClusterMembers": [
                {"DBClusterArn": cluster(region), "IsWriter": region == self.writer}
                for region in (PRIMARY, STANDBY)
            ],
        }
        if moving:
            told["FailoverState"] = {
                "Status": "switching-over",
                "ToDbClusterArn": cluster(self.towards),
            }
            self._left -= 1
            if self._left <= 0:
                self.writer, self.towards = self.towards, ""
        return {"GlobalClusters": [told]}

    def switchover_global_cluster(self, region: str, **said: str) -> dict[str, Any]:
        target = said["TargetDbClusterIdentifier"].split(":")[3]
        if self.towards or region != self.writer or target == self.writer:
            raise AwsSaidNo("refused", code="InvalidGlobalClusterStateFault")
        self.towards, self._left = target, self.looks
        return {}

    def describe_db_clusters(self, region: str, **_: Any) -> dict[str, Any]:
        return {"DBClusters": [{"EngineVersion": self.versions[region]}]}

    # lambda

    def get_function_concurrency(self, region: str, **said: str) -> dict[str, Any]:
        assert said["FunctionName"] == commits(region)
        reserved = self.concurrency[region]
        return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}

    def put_function_concurrency(self, region: str, **said: Any) -> dict[str, Any]:
        assert said["FunctionName"] == commits(region)
        self.concurrency[region] = said["ReservedConcurrentExecutions"]
        return {}

    def delete_function_concurrency(self, region: str, **_: Any) -> dict[str, Any]:
        self.concurrency[region] = None
        return {}

    # secretsmanager

    def describe_secret(self, region: str, **said: str) -> dict[str, Any]:
        assert (region, said["SecretId"]) == (PRIMARY, SECRET)
        stages = {"one": ["AWSCURRENT"]} | ({"two": ["AWSPENDING"]} if self.pending else {})
        return {
            "RotationEnabled": self.rotates,
            "RotationLambdaARN": ROTATION,
            "RotationRules": dict(self.rules),
            "VersionIdsToStages": stages,
        }

    def cancel_rotate_secret(self, _region: str, **_: str) -> dict[str, Any]:
        self.rotates = False
        return {}

    def rotate_secret(self, _region: str, **said: Any) -> dict[str, Any]:
        assert said["RotateImmediately"] is False, "nothing is rotated by a drill"
        assert said["RotationLambdaARN"] == ROTATION
        self.rotates, self.rules = True, dict(said["RotationRules"])
        return {}


@dataclass(frozen=True)
class Client:
    """One service in one region."""

    cloud: Cloud
    service: str
    region: str

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        check(self.service, operation, parameters)
        said = f"{operation} {self.region}"
        self.cloud.before(said)
        answer: dict[str, Any] = getattr(self.cloud, operation)(self.region, **parameters)
        self.cloud.calls.append(said)
        self.cloud.after(said)
        return answer


def check(service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Fail for what botocore would not send."""
    from botocore.validate import ParamValidator

    name = _names(service)[operation]
    shape = _model(service).operation_model(name).input_shape
    report = ParamValidator().validate(parameters, shape)
    assert not report.has_errors(), report.generate_report()


@cache
def _model(service: str) -> Any:
    from botocore.session import Session

    return Session().get_service_model(service)


@cache
def _names(service: str) -> dict[str, str]:
    from botocore import xform_name

    return {xform_name(name): name for name in _model(service).operation_names}


def theatre(global_cluster: str = GROUP) -> Theatre:
    """The stage on which that stands."""
    primary, standby = (
        {"database_arn": cluster(name), "secrets": {"orders": SECRET}}
        for name in (PRIMARY, STANDBY)
    )
    return theatres.theatre(
        PRIMARY, STANDBY, primary=primary, standby=standby, global_cluster=global_cluster
    )
