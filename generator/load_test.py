"""load-test.json: a Black Friday on demand. Generators on CodeBuild run the JMeter plan against the shop."""

from __future__ import annotations

from pathlib import Path

import yaml
from troposphere import GetAtt, NoValue, Ref, Sub, Tags
from troposphere.cloudwatch import Dashboard
from troposphere.codebuild import (
    Artifacts,
    BatchRestrictions,
    CloudWatchLogs,
    LogsConfig,
    Project,
    ProjectBuildBatchConfig,
    Source,
    VpcConfig,
)
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.logs import LogGroup

from generator import grants
from generator.access_lists import ANYWHERE
from generator.alarms import Series
from generator.build_machines import build_machine
from generator.bundles import RELEASES
from generator.conditions import Conditions
from generator.dashboards import Chart, Line, Row, body
from generator.foundation import Foundation
from generator.layer import Handoff, Layer, Output
from generator.layers.network import Network
from generator.load_test_plan import JMETER, METRICS, RESULTS, plan_bundle

SPECIFICATION = Path(__file__).parent / "runtime" / "load_test" / "buildspec.yml"

#: Build machines that share the load, each with as many virtual users; a last build makes the report.
GENERATORS = 4

#: Minutes beyond which a run is a mistake.
LONGEST_RUN = 180


class LoadTest(Layer):
    """the generators of a load test, their results and the dashboard to watch it on."""

    logs_key_arn = Handoff(Foundation.logs_key_arn)
    data_key_arn = Handoff(Foundation.data_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    exports_bucket = Handoff(Foundation.exports_bucket)
    vpc_id = Handoff(Network.vpc_id)
    private_subnet_a = Handoff(Network.private_subnet_a)
    private_subnet_b = Handoff(Network.private_subnet_b)
    private_subnet_c = Handoff(Network.private_subnet_c)

    load_test_project = Output(
        example="tradewind-dev-load-test-us-east-1",
        handed_on=True,
        help="The CodeBuild project; a batch of it is a run. Empty where there is no CodeBuild.",
    )
    load_test_dashboard = Output(
        example="tradewind-dev-load-test-us-east-1",
        handed_on=True,
        help="The dashboard to watch a load test on.",
    )

    def build(self) -> None:
        self.logs()
        self.door()
        self.roles()
        self.generators()
        self.dashboard()

    def logs(self) -> None:
        self.run_logs = self.add(
            LogGroup(
                "RunLogs",
                LogGroupName=Sub("/tradewind/${Name}", Name=self.named("load-test")),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )

    def door(self) -> None:
        """They leave by the NAT gateways, so the shop sees customers with few addresses.

        The web ACLs see that too: their rate rules pass over the addresses in `load_test_addresses`.
        """
        self.group = self.add(
            SecurityGroup(
                "GeneratorGroup",
                GroupDescription="Load generators, which nobody calls",
                VpcId=self.vpc_id,
                SecurityGroupEgress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        FromPort=443,
                        ToPort=443,
                        CidrIp=ANYWHERE,
                        Description="The shop and AWS APIs, over HTTPS",
                    )
                ],
                Tags=Tags(Name=self.named("load-test")),
            )
        )

    def roles(self) -> None:
        """One that runs a generator, and one that starts them: CodeBuild wants a batch's to be its own."""
        given = grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn)
        results = grants.Bucket.named(self.exports_bucket, self.data_key_arn)
        subnets = [self.private_subnet_a, self.private_subnet_b, self.private_subnet_c]
        offered = self.only(Conditions.codebuild_offered)
        self.generator_role = self.role(
            "LoadGenerator",
            trusted=grants.service("codebuild"),
            under="service",
            allows=[
                [given.read(RELEASES), given.read(JMETER)],
                [results.read(RESULTS), results.put(RESULTS)],
                grants.LogGroup(GetAtt(self.run_logs, "Arn")).write(),
                grants.publish_metrics(METRICS),
                grants.build_in_vpc(subnets),
            ],
            **offered,
        )
        self.batch_role = self.role(
            "LoadTestBatch",
            trusted=grants.service("codebuild"),
            under="service",
            allows=[grants.BuildProject(self.named("load-test")).run_batch()],
            **offered,
        )

    def generators(self) -> None:
        project = self.add(
            Project(
                "Generators",
                Name=self.named("load-test"),
                Description="Runs the Black Friday plan against the shop, and writes the results to S3",
                ServiceRole=GetAtt(self.generator_role, "Arn"),
                EncryptionKey=self.data_key_arn,
                Source=Source(Type="NO_SOURCE", BuildSpec=build_specification(GENERATORS)),
                Artifacts=Artifacts(Type="NO_ARTIFACTS"),
                Environment=build_machine("BUILD_GENERAL1_LARGE", self.environment()),
                LogsConfig=LogsConfig(
                    CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(self.run_logs))
                ),
                BuildBatchConfig=ProjectBuildBatchConfig(
                    ServiceRole=GetAtt(self.batch_role, "Arn"),
                    CombineArtifacts=False,
                    TimeoutInMins=LONGEST_RUN,
                    Restrictions=BatchRestrictions(MaximumBuildsAllowed=GENERATORS + 1),
                ),
                ConcurrentBuildLimit=GENERATORS + 1,
                TimeoutInMinutes=LONGEST_RUN,
                QueuedTimeoutInMinutes=30,
                VpcConfig=VpcConfig(
                    VpcId=self.vpc_id,
                    Subnets=[
                        self.private_subnet_a,
                        self.private_subnet_b,
                        self.choose(Conditions.third_zone, self.private_subnet_c, NoValue),
                    ],
                    SecurityGroupIds=[GetAtt(self.group, "GroupId")],
                ),
                Tags=Tags(Name=self.named("load-test")),
                **self.only(Conditions.codebuild_offered),
            )
        )
        self.load_test_project = self.choose(Conditions.codebuild_offered, Ref(project), "")

    def environment(self) -> dict[str, object]:
        """What a run can be told otherwise, build by build; seconds, and users of one generator."""
        return {
            "TARGET": self.sub("https://shop.${DomainName}"),
            "PLAN": Sub(f"s3://${{Bucket}}/{plan_bundle().key}", Bucket=self.artifacts_bucket),
            "JMETER": Sub(f"s3://${{Bucket}}/{JMETER}", Bucket=self.artifacts_bucket),
            "RESULTS": Sub(f"s3://${{Bucket}}/{RESULTS}", Bucket=self.exports_bucket),
            "METRICS_NAMESPACE": METRICS,
            "PROJECT": self.named("load-test"),
            "USERS": self.settings.load_test_users,
            "RAMP_SECONDS": "600",
            "PEAK_SECONDS": "1800",
            "DECAY_SECONDS": "300",
        }

    def dashboard(self) -> None:
        dashboard = self.add(
            Dashboard(
                "LoadTestDashboard",
                DashboardName=self.named("load-test"),
                DashboardBody=body(
                    [
                        Row(
                            "What do the customers of the test see?",
                            (
                                Chart("Requests", (self.line("Requests", "Sum"),)),
                                Chart("Errors", (self.line("Errors", "Sum"),)),
                                Chart("Response time", (self.line("ResponseTime", "Average"),)),
                            ),
                        )
                    ]
                ),
            )
        )
        self.load_test_dashboard = Ref(dashboard)

    def line(self, metric: str, statistic: str) -> Line:
        series = Series(METRICS, metric, {"Project": self.named("load-test")}, statistic)
        return Line(series, f"{metric} ({statistic})")


def build_specification(generators: int) -> str:
    """The buildspec of a run: as many generators at once, and when all are done the report."""
    specification = yaml.safe_load(SPECIFICATION.read_text())
    names = [f"generator_{number}" for number in range(1, generators + 1)]
    specification["batch"] = {
        "fast-fail": False,
        "build-graph": [
            *({"identifier": name, "env": {"variables": {"PART": name}}} for name in names),
            {
                "identifier": "report",
                "depend-on": names,
                "env": {"variables": {"PART": "report"}},
            },
        ],
    }
    return str(yaml.safe_dump(specification, sort_keys=False))
