"""What CloudFront writes down of each request."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.logs import Delivery as LogDelivery
from troposphere.logs import DeliveryDestination, DeliverySource

from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer
from generator.layers.delivery import Delivery


class DeliveryLogs(Layer):
    """access logs, delivered to the logs bucket under our key; cookies are not among the fields.

    Standard logging v2. The older kind writes only to a bucket with ACLs, and none of ours has them.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    distribution_id = Input(Delivery.distribution_id)
    logs_bucket = Handoff(Foundation.logs_bucket)

    def build(self) -> None:
        name = self.named("access-logs")
        source = self.add(
            DeliverySource(
                "AccessLogs",
                Name=name,
                LogType="ACCESS_LOGS",
                ResourceArn=Sub(
                    "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Id}",
                    Id=self.distribution_id,
                ),
                Tags=Tags(Name=name),
            )
        )
        destination = self.add(
            DeliveryDestination(
                "ToLogsBucket",
                Name=name,
                DestinationResourceArn=Sub(
                    "arn:${AWS::Partition}:s3:::${Bucket}", Bucket=self.logs_bucket
                ),
                OutputFormat="json",
                Tags=Tags(Name=name),
            )
        )
        self.add(
            LogDelivery(
                "AccessLogsToBucket",
                DeliverySourceName=Ref(source),
                DeliveryDestinationArn=GetAtt(destination, "Arn"),
                S3SuffixPath="cloudfront/{DistributionId}/{yyyy}/{MM}/{dd}/{HH}",
                Tags=Tags(Name=name),
            )
        )
