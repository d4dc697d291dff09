"""Orders, from the event bus into files: what the warehouse loads, and can load again."""

from __future__ import annotations

from troposphere import GetAtt, Ref, Sub, Tags
from troposphere.firehose import (
    BufferingHints,
    CloudWatchLoggingOptions,
    DeliveryStream,
    DeliveryStreamEncryptionConfigurationInput,
    EncryptionConfiguration,
    ExtendedS3DestinationConfiguration,
    KMSEncryptionConfig,
    ProcessingConfiguration,
    Processor,
)
from troposphere.logs import LogStream

from generator import grants
from generator.alarms import Series, above, metric_alarm, tier_alarm
from generator.bus_rules import bus_rule, untold_queue
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.events import Events
from generator.log_groups import log_group
from generator.order_events import ORDER_CONFIRMED, pattern
from generator.queues import dead_letter_alarm

#: Where orders lie in the exports bucket, by the day (UTC) that Firehose took them in, in Hive's form.
ORDERS = "orders/"
DAILY = f"{ORDERS}year=!{{timestamp:yyyy}}/month=!{{timestamp:MM}}/day=!{{timestamp:dd}}/"

#: Where Firehose puts what it could not, by the reason. Not below `ORDERS`: nobody loads it.
REFUSED = "refused/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/"

#: Firehose writes a file when it has so much, or has waited so long. MiB, seconds.
FILE_SIZE, FILE_AGE = 64, 300


class OrderExports(Layer):
    """confirmed orders, delivered from the event bus to the exports bucket.

    Firehose could load Redshift by itself, but only a public one. The files are lines of JSON, gzipped: COPY
    reads them as they are. The bucket replicates both ways, so either region's warehouse finds all orders.
    https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#using-iam-rs-vpc
    """

    condition = Conditions.analytics

    data_key_arn = Handoff(Foundation.data_key_arn)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    exports_bucket = Handoff(Foundation.exports_bucket)
    bus_name = Input(Events.bus_name)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)

    exports_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-exports-tier-us-east-1"
    )

    def build(self) -> None:
        self.delivery_log()
        self.stream()
        self.rule()
        self.alarms()

    def delivery_log(self) -> None:
        self.log = log_group(
            self,
            "DeliveryLog",
            Sub("/aws/kinesisfirehose/${Name}", Name=self.named("orders")),
            key_arn=self.logs_key_arn,
        )
        self.log_stream = self.add(
            LogStream("DeliveryErrors", LogGroupName=Ref(self.log), LogStreamName="delivery")
        )

    def stream(self) -> None:
        bucket = grants.Bucket.named(self.exports_bucket, self.data_key_arn)
        writer = self.role(
            "OrdersDelivery",
            trusted=grants.service("firehose"),
            allows=[
                bucket.deliver(ORDERS),
                bucket.put("refused/"),
                grants.LogGroup(GetAtt(self.log, "Arn")).write(),
            ],
            under="service",
        )
        self.orders = self.add(
            DeliveryStream(
                "OrdersStream",
                DeliveryStreamName=self.named("orders"),
                DeliveryStreamType="DirectPut",
                DeliveryStreamEncryptionConfigurationInput=DeliveryStreamEncryptionConfigurationInput(
                    KeyType="CUSTOMER_MANAGED_CMK", KeyARN=self.data_key_arn
                ),
                ExtendedS3DestinationConfiguration=ExtendedS3DestinationConfiguration(
                    BucketARN=bucket.arn,
                    RoleARN=GetAtt(writer, "Arn"),
                    Prefix=DAILY,
                    ErrorOutputPrefix=REFUSED,
                    FileExtension=".json.gz",
                    CompressionFormat="GZIP",
                    BufferingHints=BufferingHints(SizeInMBs=FILE_SIZE, IntervalInSeconds=FILE_AGE),
                    EncryptionConfiguration=EncryptionConfiguration(
                        KMSEncryptionConfig=KMSEncryptionConfig(AWSKMSKeyARN=self.data_key_arn)
                    ),
                    ProcessingConfiguration=ProcessingConfiguration(
                        Enabled=True, Processors=[Processor(Type="AppendDelimiterToRecord")]
                    ),
                    CloudWatchLoggingOptions=CloudWatchLoggingOptions(
                        Enabled=True,
                        LogGroupName=Ref(self.log),
                        LogStreamName=Ref(self.log_stream),
                    ),
                ),
                Tags=Tags(Name=self.named("orders")),
            )
        )

    def rule(self) -> None:
        self.unexported = untold_queue(
            self, "UnexportedOrders", bus=self.bus_name, key_arn=self.data_key_arn
        )
        stream_arn = GetAtt(self.orders, "Arn")
        putter = self.role(
            "OrdersPutter",
            trusted=grants.service("events"),
            allows=[grants.DeliveryStream(stream_arn).put()],
            under="service",
        )
        bus_rule(
            self,
            "ConfirmedOrders",
            "confirmed-orders",
            says="Every confirmed order goes to analytics",
            bus=self.bus_name,
            hears=pattern(ORDER_CONFIRMED),
            untold=self.unexported,
            Id="stream",
            Arn=stream_arn,
            RoleArn=GetAtt(putter, "Arn"),
            InputPath="$.detail",
        )

    def alarms(self) -> None:
        stream = {"DeliveryStreamName": Ref(self.orders)}
        stale = metric_alarm(
            self,
            "ExportsStale",
            Series("AWS/Firehose", "DeliveryToS3.DataFreshness", stream, "Maximum", 300),
            above(4 * FILE_AGE),
            topic=self.alerts_topic_arn,
            says="Firehose holds orders that it should have written long ago; it gives up after a day. Read "
            "its log: the bucket's policy or the data key is the usual reason.",
        )
        throttled = metric_alarm(
            self,
            "ExportsThrottled",
            Series("AWS/Firehose", "ThrottledRecords", stream, period=300),
            above(0),
            topic=self.alerts_topic_arn,
            says="Firehose takes orders slower than they come; EventBridge tries again for a day. Ask for a "
            "higher quota.",
        )
        undelivered = dead_letter_alarm(
            self,
            self.unexported,
            topic=self.alerts_topic_arn,
            says="An order did not reach Firehose in a day of trying. Mend the cause, then replay the "
            "archive of the event bus to the rule of confirmed orders.",
        )
        tier = tier_alarm(
            self,
            "ExportsTier",
            [stale, throttled, undelivered],
            topic=self.alerts_topic_arn,
            says="Orders do not reach analytics: see which of the tier's alarms fires.",
        )
        self.exports_alarm_arn = GetAtt(tier, "Arn")
