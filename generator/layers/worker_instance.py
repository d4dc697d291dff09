"""An instance of the workers: what it is, what it may do, and where it finds what it works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.iam import InstanceProfile

from generator import grants
from generator.bundles import RELEASES
from generator.first_boot import user_data
from generator.instances import instance_template
from generator.log_groups import log_group, log_name
from generator.queues import ATTEMPTS
from generator.release_stages import KEPT
from generator.security import https_leaves

if TYPE_CHECKING:
    from generator.layers.workers import Workers

#: Where the workers publish their own metrics.
METRICS = "Tradewind/Workers"

#: Where in the exports bucket a worker notes how far it is with a job, and what it found out by one.
CHECKPOINTS, REPORTS = "checkpoints/", "reports/"

#: Where in the images bucket the pictures are, as CloudFront asks for them, and what others may read.
IMAGES, FEEDS = "images/", "feeds/"

#: Seconds from EC2's notice to the end of a Spot instance, less a margin to say that all is handed back.
#: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE_SECONDS = 110

#: The lifecycle hook by which Auto Scaling waits for a worker that hands back.
HANDS_BACK = "hands-back"


def worker_template(layer: Workers) -> AWSObject:
    """The launch template, with the instances' log, security group and role."""
    log = log_group(layer, "WorkerLogs", log_name(layer, "workers"), key_arn=layer.logs_key_arn)
    placement = layer.placed(
        "Worker",
        https_leaves("AWS APIs and package repositories, over HTTPS"),
        says="Workers, which nobody calls",
    )
    return instance_template(
        layer,
        "WorkerTemplate",
        name=layer.named("workers"),
        image_id=layer.image_id,
        profile=_profile(layer, log),
        security_groups=placement.security_groups,
        key_arn=layer.data_key_arn,
        user_data=user_data("worker", environment(layer), logs=Ref(log)),
    )


def _profile(layer: Workers, log: AWSObject) -> AWSObject:
    """A worker takes jobs, reads what they speak of, and writes what comes of them.

    It replaces an object only if that is still what it read, for which S3 wants leave to read it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
    """
    jobs = grants.Queue(GetAtt(layer.queue, "Arn"), layer.data_key_arn)
    exports = grants.Bucket.named(layer.exports_bucket, layer.data_key_arn)
    images = grants.Bucket.named(layer.images_bucket, layer.data_key_arn)
    releases = grants.Bucket.named(layer.artifacts_bucket, layer.artifacts_key_arn)
    own_group = Sub("${AWS::StackName}-*")
    role = layer.role(
        "WorkerInstance",
        trusted=grants.service("ec2"),
        allows=[
            [jobs.consume(), jobs.send()],
            grants.Table(layer.catalogue_table_arn, layer.data_key_arn).read(),
            [images.read(IMAGES), images.read(FEEDS), images.put(FEEDS)],
            [exports.read(CHECKPOINTS), exports.put(CHECKPOINTS)],
            [exports.read(REPORTS), exports.put(REPORTS)],
            [releases.read(RELEASES), releases.get(KEPT)],
            grants.LogGroup(GetAtt(log, "Arn")).write(),
            grants.publish_metrics(METRICS),
            grants.Fleet(own_group).leave_in_order(),
            grants.session_manager(),
        ],
    )
    return layer.add(InstanceProfile("WorkerInstanceProfile", Roles=[Ref(role)]))


def environment(layer: Workers) -> dict[str, object]:
    """What a revision of the worker reads from /etc/tradewind/worker.env; addresses and names, no secret."""
    return {
        "TRADEWIND_ENVIRONMENT": layer.settings.environment,
        "AWS_DEFAULT_REGION": Ref("AWS::Region"),
        "CATALOGUE_TABLE": layer.catalogue_table,
        "CHECKPOINTS": _below(layer.exports_bucket, CHECKPOINTS),
        "REPORTS": _below(layer.exports_bucket, REPORTS),
        "FEEDS": _below(layer.images_bucket, FEEDS),
        "IMAGES": _below(layer.images_bucket, IMAGES),
        "JOBS_QUEUE": Ref(layer.queue),
        "JOB_SECONDS": str(layer.JOB_SECONDS),
        "JOB_ATTEMPTS": str(ATTEMPTS),
        "NOTICE_SECONDS": str(NOTICE_SECONDS),
        "LIFECYCLE_HOOK": HANDS_BACK,
        "METRICS_NAMESPACE": METRICS,
    }


def _below(bucket: object, prefix: str) -> Sub:
    return Sub(f"s3://${{Bucket}}/{prefix}", Bucket=bucket)
