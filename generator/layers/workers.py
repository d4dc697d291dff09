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
from generator.layers.worker_instance import worker_template
from generator.queues import dead_letter_queue, job_queue
from generator.zones import every_zone

#: Seconds from EC2's notice to the end of a Spot instance, less a margin to say that all is handed back.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE_SECONDS = 110

#: The families of Graviton that encrypt what instances send each other.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/data-protection.html
FAMILIES = ("c6gn", "c7g", "c7gd", "c7gn", "m7g", "m7gd", "r7g", "r7gd")

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

    jobs_queue_url = Output(
        example="https://sqs.us-east-1.amazonaws.com/111111111111/tradewind-dev-jobs-us-east-1"
    )
    jobs_queue_arn = Output(
        example="arn:aws:sqs:us-east-1:111111111111:tradewind-dev-jobs-us-east-1"
    )
    jobs_queue_name = Output(example="tradewind-dev-jobs-us-east-1")
    undone_queue_name = Output(example="tradewind-dev-undone-jobs-us-east-1")
    workers_name = Output(
        example="tradewind-dev-platform-Workers-0123456789AB-Fleet-0123456789AB",
        help="The Auto Scaling group of the workers.",
    )

    def build(self) -> None:
        self.jobs()
        self.instance_template = worker_template(self)
        self.fleet()

    def jobs(self) -> None:
        undone = dead_letter_queue(self, "UndoneJobs", key_arn=self.data_key_arn)
        self.queue = job_queue(
            self,
            "Jobs",
            key_arn=self.data_key_arn,
            dead_letters=undone,
            visibility=self.JOB_SECONDS,
        )
        self.jobs_queue_url = Ref(self.queue)
        self.jobs_queue_arn = GetAtt(self.queue, "Arn")
        self.jobs_queue_name = GetAtt(self.queue, "QueueName")
        self.undone_queue_name = GetAtt(undone, "QueueName")

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
                        LifecycleHookName="hands-back",
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
    """The image is for arm64; the burstable kinds would throttle in a long job."""
    return InstanceRequirements(
        AllowedInstanceTypes=[f"{family}.*" for family in FAMILIES],
        CpuManufacturers=["amazon-web-services"],
        VCpuCount=VCpuCountRequest(Min=2, Max=8),
        MemoryMiB=MemoryMiBRequest(Min=4096),
        InstanceGenerations=["current"],
        BurstablePerformance="excluded",
        BareMetal="excluded",
    )
