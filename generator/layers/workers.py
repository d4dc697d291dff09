"""The workers: a fleet on Spot capacity that takes jobs from a queue, and hands back what it can't finish."""

from __future__ import annotations

from troposphere import GetAtt, NoValue, Ref, Sub, Tags
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
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.iam import InstanceProfile
from troposphere.logs import LogGroup
from troposphere.policies import AutoScalingScheduledAction, UpdatePolicy

from generator import grants
from generator.access_lists import ANYWHERE
from generator.conditions import Conditions
from generator.first_boot import user_data
from generator.fleet_role import fleet_role_arn
from generator.foundation import Foundation
from generator.instances import AMAZON_LINUX, instance_template
from generator.layer import Handoff, Input, Layer, Lookup, Output
from generator.layers.catalog import Catalog
from generator.layers.network import Network
from generator.queues import dead_letter_queue, job_queue
from generator.revisions import RELEASES
from generator.zones import every_zone

#: Where the workers publish their own metrics.
METRICS = "Tradewind/Workers"

#: Where in the exports bucket a worker notes how far it is with a job.
CHECKPOINTS = "checkpoints/"

#: Seconds that a worker has for a job before another may take it; it asks for more while it goes on.
JOB_SECONDS = 300

#: Seconds from EC2's notice to the end of a Spot instance, less a margin to say that all is handed back.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE_SECONDS = 110

#: The families of Graviton that encrypt what instances send each other.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/data-protection.html
FAMILIES = ("c6gn", "c7g", "c7gd", "c7gn", "m7g", "m7gd", "r7g", "r7gd")

#: Seconds until a new worker counts: it boots and gets its revision.
WARMUP = 180


class Workers(Layer):
    """the queue of jobs that can wait, and the Spot fleet that does them."""

    condition = Conditions.worker_fleet

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    artifacts_key_arn = Handoff(Foundation.artifacts_key_arn)
    artifacts_bucket = Handoff(Foundation.artifacts_bucket)
    exports_bucket = Handoff(Foundation.exports_bucket)
    images_bucket = Handoff(Foundation.images_bucket)
    image_id = Lookup(AMAZON_LINUX, example="ami-0123456789abcdef0", type="AWS::EC2::Image::Id")
    vpc_id = Input(Network.vpc_id)
    private_subnet_a = Input(Network.private_subnet_a)
    private_subnet_b = Input(Network.private_subnet_b)
    private_subnet_c = Input(Network.private_subnet_c)
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
        self.logs()
        self.door()
        self.instance_role()
        self.launch_template()
        self.fleet()

    def jobs(self) -> None:
        undone = dead_letter_queue(self, "UndoneJobs", key_arn=self.data_key_arn)
        self.queue = job_queue(
            self,
            "Jobs",
            key_arn=self.data_key_arn,
            dead_letters=undone,
            visibility=JOB_SECONDS,
        )
        self.jobs_queue_url = Ref(self.queue)
        self.jobs_queue_arn = GetAtt(self.queue, "Arn")
        self.jobs_queue_name = GetAtt(self.queue, "QueueName")
        self.undone_queue_name = GetAtt(undone, "QueueName")

    def logs(self) -> None:
        self.worker_logs = self.add(
            LogGroup(
                "WorkerLogs",
                LogGroupName=Sub("/tradewind/${Name}", Name=self.named("workers")),
                KmsKeyId=self.logs_key_arn,
                RetentionInDays=self.settings.log_retention_days,
                DeletionPolicy="Delete",
                UpdateReplacePolicy="Retain",
            )
        )

    def door(self) -> None:
        """Nobody calls a worker."""
        self.group = self.add(
            SecurityGroup(
                "WorkerGroup",
                GroupDescription="Workers, which nobody calls",
                VpcId=self.vpc_id,
                SecurityGroupEgress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        FromPort=443,
                        ToPort=443,
                        CidrIp=ANYWHERE,
                        Description="AWS APIs and package repositories, over HTTPS",
                    )
                ],
                Tags=Tags(Name=self.named("workers")),
            )
        )

    def instance_role(self) -> None:
        exports = grants.Bucket.named(self.exports_bucket, self.data_key_arn)
        images = grants.Bucket.named(self.images_bucket, self.data_key_arn)
        releases = grants.Bucket.named(self.artifacts_bucket, self.artifacts_key_arn)
        own_group = Sub("${AWS::StackName}-*")
        role = self.role(
            "WorkerInstance",
            trusted=grants.service("ec2"),
            allows=[
                grants.Queue(GetAtt(self.queue, "Arn"), self.data_key_arn).consume(),
                grants.Table(self.catalogue_table_arn, self.data_key_arn).read(),
                [images.read(), images.put()],
                [exports.read(CHECKPOINTS), exports.put(CHECKPOINTS)],
                releases.read(RELEASES),
                grants.LogGroup(GetAtt(self.worker_logs, "Arn")).write(),
                grants.publish_metrics(METRICS),
                grants.Fleet(own_group).leave_in_order(),
                grants.session_manager(),
            ],
        )
        self.profile = self.add(InstanceProfile("WorkerInstanceProfile", Roles=[Ref(role)]))

    def launch_template(self) -> None:
        environment = {
            "TRADEWIND_ENVIRONMENT": self.settings.environment,
            "AWS_DEFAULT_REGION": Ref("AWS::Region"),
            "CATALOGUE_TABLE": self.catalogue_table,
            "CHECKPOINTS": Sub(f"s3://${{Bucket}}/{CHECKPOINTS}", Bucket=self.exports_bucket),
            "IMAGES_BUCKET": self.images_bucket,
            "JOBS_QUEUE": Ref(self.queue),
            "JOB_SECONDS": str(JOB_SECONDS),
            "METRICS_NAMESPACE": METRICS,
        }
        self.template_of_instance = instance_template(
            self,
            "WorkerTemplate",
            name=self.named("workers"),
            image_id=self.image_id,
            profile=self.profile,
            security_groups=[GetAtt(self.group, "GroupId")],
            key_arn=self.data_key_arn,
            user_data=user_data("worker", environment, logs=Ref(self.worker_logs)),
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
                VPCZoneIdentifier=[
                    self.private_subnet_a,
                    self.private_subnet_b,
                    self.choose(Conditions.third_zone, self.private_subnet_c, NoValue),
                ],
                AvailabilityZones=every_zone(self),
                MixedInstancesPolicy=MixedInstancesPolicy(
                    InstancesDistribution=InstancesDistribution(
                        OnDemandBaseCapacity=0,
                        OnDemandPercentageAboveBaseCapacity=0,
                        SpotAllocationStrategy="price-capacity-optimized",
                    ),
                    LaunchTemplate=LaunchTemplate(
                        LaunchTemplateSpecification=LaunchTemplateSpecification(
                            LaunchTemplateId=Ref(self.template_of_instance),
                            Version=GetAtt(self.template_of_instance, "LatestVersionNumber"),
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
