"""The workers: a fleet on Spot capacity that takes jobs from a queue, and hands back what it can't finish."""

from __future__ import annotations

from troposphere import GetAtt, Ref
from troposphere.autoscaling import (
    AutoScalingGroup,
    InstanceRequirements,
    InstancesDistribution,
    LaunchTemplate,
    LaunchTemplateOverrides,
    LaunchTemplateSpecification,
    LifecycleHookSpecification,
    MemoryMiBRequest,
    MetricsCollection,
    MixedInstancesPolicy,
    VCpuCountRequest,
)
from troposphere.policies import AutoScalingScheduledAction, UpdatePolicy

from generator.conditions import Conditions
from generator.fleet_role import fleet_role_arn
from generator.foundation import Foundation
from generator.instances import AMAZON_LINUX
from generator.layer import Handoff, Input, Lookup, Output
from generator.layers.catalog import Catalog
from generator.layers.private_tier import PrivateTier
from generator.layers.worker_instance import HANDS_BACK, NOTICE_SECONDS, worker_template
from generator.queues import dead_letter_queue, job_queue
from generator.schedules import SCHEDULED_TIME, Sending, send_by_schedule
from generator.zones import every_zone

#: The families of Graviton that encrypt what instances send each other.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/data-protection.html
FAMILIES = ("c6gn", "c7g", "c7gd", "c7gn", "m7g", "m7gd", "r7g", "r7gd")

#: Schedules of jobs, at times of the shop's time zone when few buy.
NIGHTLY = (
    ("NightlyFeed", "cron(0 3 * * ? *)", "product-feed"),
    ("NightlyAudit", "cron(0 4 * * ? *)", "image-audit"),
)

#: Seconds until a new worker counts: it boots and gets its revision.
WARMUP = 180


class Workers(PrivateTier):
    """the queue of jobs that can wait, and the Spot fleet that does them."""

    condition = Conditions.worker_fleet

    #: Seconds that a worker has for a job before another may take it; it asks for more while it goes on.
    JOB_SECONDS = 300

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    exports_bucket = Handoff(Foundation.exports_bucket)
    images_bucket = Handoff(Foundation.images_bucket)
    image_id = Lookup(AMAZON_LINUX, example="ami-0123456789abcdef0", type="AWS::EC2::Image::Id")
    catalogue_table_arn = Input(Catalog.catalogue_table_arn)
    catalogue_table = Input(Catalog.catalogue_table)

    jobs_queue_name = Output(example="tradewind-dev-jobs-us-east-1")
    undone_queue_name = Output(example="tradewind-dev-undone-jobs-us-east-1")
    workers_name = Output(
        example="tradewind-dev-platform-Workers-0123456789AB-Fleet-0123456789AB",
        help="The Auto Scaling group of the workers.",
    )

    def build(self) -> None:
        self.jobs()
        self.every_night()
        self.instance_template = worker_template(self)
        self.fleet()

    def jobs(self) -> None:
        self.undone = dead_letter_queue(self, "UndoneJobs", key_arn=self.data_key_arn)
        self.queue = job_queue(
            self,
            "Jobs",
            key_arn=self.data_key_arn,
            dead_letters=self.undone,
            visibility=self.JOB_SECONDS,
        )
        self.jobs_queue_name = GetAtt(self.queue, "QueueName")
        self.undone_queue_name = GetAtt(self.undone, "QueueName")

    def every_night(self) -> None:
        """What nobody asks for: a feed of all products, and a list of those without a picture."""
        send_by_schedule(
            self,
            self.queue,
            [
                Sending(
                    title,
                    cron,
                    {"job": job, "scheduled_at": SCHEDULED_TIME},
                    says=f"Puts a {job} job into the workers' queue",
                )
                for title, cron, job in NIGHTLY
            ],
            undelivered=self.undone,
            data_key_arn=self.data_key_arn,
        )

    def fleet(self) -> None:
        """Whatever Graviton there is to spare: the wider the choice, the fewer the interruptions.

        Rebalancing starts a successor as soon as EC2 thinks that an instance is likely to be interrupted.
        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-capacity-rebalancing.html
        """
        fleet = self.add(
            AutoScalingGroup(
                "Fleet",
                MinSize=self.settings.worker_minimum,
                MaxSize=self.settings.worker_maximum,
                VPCZoneIdentifier=self.private_subnets(),
                AvailabilityZones=every_zone(self),
                MixedInstancesPolicy=MixedInstancesPolicy(
                    InstancesDistribution=InstancesDistribution(
                        OnDemandBaseCapacity=0,
                        OnDemandPercentageAboveBaseCapacity=0,
                        SpotAllocationStrategy="price-capacity-optimized",
                    ),
                    LaunchTemplate=LaunchTemplate(
                        LaunchTemplateSpecification=LaunchTemplateSpecification(
                            LaunchTemplateId=Ref(self.instance_template),
                            Version=GetAtt(self.instance_template, "LatestVersionNumber"),
                        ),
                        Overrides=[LaunchTemplateOverrides(InstanceRequirements=graviton())],
                    ),
                ),
                CapacityRebalance=True,
                ServiceLinkedRoleARN=fleet_role_arn(self),
                HealthCheckType="EC2",
                HealthCheckGracePeriod=WARMUP,
                DefaultInstanceWarmup=WARMUP,
                LifecycleHookSpecificationList=[
                    LifecycleHookSpecification(
                        LifecycleHookName=HANDS_BACK,
                        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
                        HeartbeatTimeout=NOTICE_SECONDS,
                        DefaultResult="CONTINUE",
                    )
                ],
                TerminationPolicies=["OldestLaunchTemplate", "Default"],
                MetricsCollection=[MetricsCollection(Granularity="1Minute")],
                Tags=[{"Key": "Name", "Value": self.named("workers"), "PropagateAtLaunch": True}],
                UpdatePolicy=UpdatePolicy(
                    AutoScalingScheduledAction=AutoScalingScheduledAction(
                        IgnoreUnmodifiedGroupSizeProperties=True
                    )
                ),
            )
        )
        self.workers_name = Ref(fleet)


def graviton() -> InstanceRequirements:
    """The image is for arm64; the burstable kinds would throttle in a long job.

    A worker does one job at a time, most of it waiting: a small machine will do.
    """
    return InstanceRequirements(
        AllowedInstanceTypes=[f"{family}.*" for family in FAMILIES],
        CpuManufacturers=["amazon-web-services"],
        VCpuCount=VCpuCountRequest(Min=1, Max=2),
        MemoryMiB=MemoryMiBRequest(Min=2048),
        InstanceGenerations=["current"],
        BurstablePerformance="excluded",
        BareMetal="excluded",
    )
