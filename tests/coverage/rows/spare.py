"""P4 and M1: work that can wait, and load on demand."""

from __future__ import annotations

from tests.coverage.claims import PRIMARY, Claim, Every, Some, row
from tests.coverage.contents import Holds, Item, Mentions, Refers
from tests.coverage.expectations import AtLeast, AtMost, Given
from tests.coverage.rows.names import (
    ALARM,
    DASHBOARD,
    FLEET,
    QUEUE,
    ROLE,
    SCALING_POLICY,
)

SPOT = {"Tags[Key=Name].Value": Holds("-workers-")}
POLICY = "MixedInstancesPolicy.InstancesDistribution"
METRICS = "TargetTrackingConfiguration.CustomizedMetricSpecification.Metrics"

P4 = row(
    "P4",
    "Spot for non-critical work",
    Claim(
        "a group on Spot alone, by price and capacity, that rebalances",
        Every(
            FLEET,
            {
                f"{POLICY}.SpotAllocationStrategy": "price-capacity-optimized",
                f"{POLICY}.OnDemandPercentageAboveBaseCapacity": 0,
                f"{POLICY}.OnDemandBaseCapacity": 0,
                "CapacityRebalance": True,
                "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"
                ".LaunchTemplateId": Refers("workers/WorkerTemplate"),
                "MixedInstancesPolicy.LaunchTemplate.Overrides": Given(),
                "VPCZoneIdentifier": Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC")),
            },
            where=SPOT,
        ),
    ),
    Claim(
        "it takes its work from a queue, and is told which",
        Some(
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData.UserData": Holds("JOBS_QUEUE=<{region}/workers/Jobs")},
        ),
    ),
    Claim(
        "which it may read, and hand a job back to",
        Some(
            ROLE,
            {
                "ManagedPolicyArns->PolicyDocument.Statement": Item(
                    {
                        "Action": Holds(
                            "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"
                        ),
                        "Resource": Refers("workers/Jobs"),
                    }
                )
            },
        ),
    ),
    Claim(
        "the queue gives up to another",
        Some(QUEUE, {"RedrivePolicy.deadLetterTargetArn": Refers("workers/UndoneJobs")}, times=1),
    ),
    Claim(
        "it scales on the backlog per instance",
        Some(
            SCALING_POLICY,
            {
                "AutoScalingGroupName": Refers("workers/Fleet"),
                "PolicyType": "TargetTrackingScaling",
                f"{METRICS}[Id=waiting].MetricStat.Metric.MetricName": (
                    "ApproximateNumberOfMessagesVisible"
                ),
                f"{METRICS}[Id=waiting].MetricStat.Metric.Dimensions": Item(
                    {"Name": "QueueName", "Value": Refers("workers/Jobs")}
                ),
                f"{METRICS}[Id=under_way].MetricStat.Metric.MetricName": (
                    "ApproximateNumberOfMessagesNotVisible"
                ),
                f"{METRICS}[Id=under_way].MetricStat.Metric.Dimensions": Item(
                    {"Name": "QueueName", "Value": Refers("workers/Jobs")}
                ),
                f"{METRICS}[Id=workers].MetricStat.Metric.MetricName": "GroupInServiceInstances",
                f"{METRICS}[Id=result].Expression": Holds("(under_way + waiting) / workers"),
            },
            times=1,
        ),
    ),
    Claim(
        "from nothing, when the first job waits",
        Some(
            ALARM,
            {"AlarmActions": Refers("worker-scaling/WakeTheFirst"), "Threshold": 0},
            times=1,
        ),
    ),
    Claim(
        "an interrupted worker has two minutes to hand back what it does",
        Every(
            FLEET,
            {
                "LifecycleHookSpecificationList": Item(
                    {
                        "LifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                        "DefaultResult": "CONTINUE",
                        "HeartbeatTimeout": AtMost(120),
                    }
                )
            },
            where=SPOT,
        ),
    ),
    Claim(
        "a worker is told by what name Auto Scaling waits for it, and how long",
        Some(
            "AWS::EC2::LaunchTemplate",
            {
                "LaunchTemplateData.UserData": Holds(
                    "LIFECYCLE_HOOK=hands-back", "NOTICE_SECONDS=110"
                )
            },
        ),
    ),
    Claim(
        "every night there is work, in the shop's time zone",
        Some(
            "AWS::Scheduler::Schedule",
            {
                "Target.Arn": Refers("workers/Jobs"),
                "Target.Input": Holds("product-feed", "<aws.scheduler.scheduled-time>"),
                "Target.DeadLetterConfig.Arn": Refers("workers/UndoneJobs"),
                "ScheduleExpressionTimezone": Given(),
                "State": "ENABLED",
            },
            times=1,
        ),
        PRIMARY,
    ),
)

PROJECT = "AWS::CodeBuild::Project"

M1 = row(
    "M1",
    "load test, Black Friday, with CloudFormation or JMeter",
    Claim(
        "CodeBuild runs the plan, on several machines at once, in the private subnets",
        Every(
            PROJECT,
            {
                "Source.BuildSpec": Holds("jmeter"),
                "BuildBatchConfig.ServiceRole": Refers(ROLE),
                "BuildBatchConfig.Restrictions.MaximumBuildsAllowed": AtLeast(2),
                "VpcConfig.Subnets": Refers(*(f"network/PrivateSubnet{zone}" for zone in "ABC")),
                "EncryptionKey": Given(),
                "LogsConfig.CloudWatchLogs.Status": "ENABLED",
                "LogsConfig.CloudWatchLogs.GroupName": Refers("load-test/RunLogs"),
                "ConcurrentBuildLimit": AtLeast(1),
            },
            where={"Name": "tradewind-{environment}-load-test-{region}"},
        ),
        PRIMARY,
    ),
    Claim(
        "it may write its results to S3, below a prefix of its own",
        Some(
            ROLE,
            {
                "ManagedPolicyArns->PolicyDocument.Statement": Item(
                    {
                        "Action": Holds("s3:PutObject"),
                        "Resource[*]": Holds("/load-tests/*"),
                    }
                ),
                "AssumeRolePolicyDocument.Statement[*].Principal.Service": "codebuild.amazonaws.com",
            },
        ),
        PRIMARY,
    ),
    Claim(
        "and publishes to the dashboard on which a run is watched",
        Some(
            DASHBOARD,
            {
                "DashboardName": "tradewind-{environment}-load-test-{region}",
                "DashboardBody.widgets[*].properties": Given(),
            },
            times=1,
        ),
        PRIMARY,
    ),
    Claim(
        "which shows what the generators saw",
        Some(DASHBOARD, {"DashboardBody.widgets": Mentions("Tradewind/LoadTest")}),
        PRIMARY,
    ),
    later=[
        "the JMeter plan, its ramp from browsing to checkout and its Black Friday profile: issue 4",
        "`tradewind load-test ENV`, which refuses prod without approval: issue 4",
    ],
)
