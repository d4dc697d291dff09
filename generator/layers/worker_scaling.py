"""How many workers there are, how a revision reaches them, and who is told when work lies undone."""

from __future__ import annotations

from troposphere import GetAtt, NoValue, Ref
from troposphere.autoscaling import ScalingPolicy, StepAdjustments

from generator import grants
from generator.alarms import Formula, Series, above, formula_alarm, metric_alarm, tier_alarm
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output
from generator.layers.alerts import Alerts
from generator.layers.workers import WARMUP, Workers
from generator.revisions import revision_key, revisions
from generator.scaling import at, computed, in_service, track

#: Metric math: jobs that wait or are under way, for each worker; where there is none, for the first to come.
#: Without those under way the last worker would be taken away from its job.
BACKLOG = "IF(FILL(workers, 0) > 0, (under_way + waiting) / workers, waiting)"

#: Seconds after which the oldest job has waited too long, whatever it is.
TOO_LONG = 3600


class WorkerScaling(Layer):
    """The backlog decides how many workers run; CodeDeploy brings their revisions."""

    condition = Conditions.worker_fleet

    alerts_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    workers_name = Input(Workers.workers_name)
    jobs_queue_name = Input(Workers.jobs_queue_name)
    undone_queue_name = Input(Workers.undone_queue_name)

    workers_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-workers-tier-us-east-1"
    )
    worker_application = Output(
        example="tradewind-dev-worker",
        handed_on=True,
        help="CodeDeploy's application of the workers, for their deployments.",
    )
    worker_revision_key = Output(
        example="releases/0123456789abcdef/worker.zip",
        handed_on=True,
        help="The workers' revision of this release, in the artifacts bucket.",
    )

    def build(self) -> None:
        self.by_backlog()
        self.from_nothing()
        self.by_night()
        self.alarms()
        self.releases()

    def by_backlog(self) -> None:
        """A queue's length says nothing; what each worker has before it does.

        https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-target-tracking-metric-math.html
        """
        self.backlog = Formula(
            BACKLOG,
            {
                "under_way": self.jobs("NotVisible"),
                "waiting": self.jobs("Visible"),
                "workers": in_service(self.workers_name),
            },
        )
        track(
            self,
            "BacklogTracking",
            self.workers_name,
            self.settings.worker_backlog_target,
            CustomizedMetricSpecification=computed(self.backlog),
        )

    def from_nothing(self) -> None:
        """Target tracking multiplies what runs; nothing times anything is nothing. A step wakes the first."""
        wake = self.add(
            ScalingPolicy(
                "WakeTheFirst",
                AutoScalingGroupName=self.workers_name,
                PolicyType="StepScaling",
                AdjustmentType="ChangeInCapacity",
                EstimatedInstanceWarmup=WARMUP,
                StepAdjustments=[StepAdjustments(MetricIntervalLowerBound=0, ScalingAdjustment=1)],
            )
        )
        nobody = Formula("IF(FILL(workers, 0) < 1, waiting, 0)", dict(self.backlog.series))
        formula_alarm(
            self,
            "NobodyWorks",
            nobody,
            above(0, breaches=1, periods=1),
            topic=Ref(wake),
            says="Jobs wait and no worker runs: scaling starts one. If this stays in ALARM, no Spot capacity "
            "is to be had, or a new worker fails its first boot: see the group's activity history.",
            OKActions=NoValue,
        )

    def by_night(self) -> None:
        """At night nobody is kept for work that may come."""
        name, settings = self.workers_name, self.settings
        at(self, "OffPeak", name, settings.off_peak_start, 0, NoValue)
        at(self, "Peak", name, settings.off_peak_end, settings.worker_minimum, NoValue)

    def alarms(self) -> None:
        late = metric_alarm(
            self,
            "JobsLate",
            self.queue_series("ApproximateAgeOfOldestMessage", self.jobs_queue_name),
            above(TOO_LONG),
            topic=self.alerts_topic_arn,
            says="A job has waited for over an hour. See whether workers run (Spot capacity, worker_maximum) "
            "and whether they finish: their log group says.",
        )
        undone = metric_alarm(
            self,
            "JobsUndone",
            self.queue_series("ApproximateNumberOfMessagesVisible", self.undone_queue_name),
            above(0, breaches=1, periods=1),
            topic=self.alerts_topic_arn,
            says="A job failed on every attempt and lies in the dead-letter queue. Read the workers' log for "
            "its id, correct the cause, and redrive the queue.",
        )
        tier = tier_alarm(
            self,
            "WorkersTier",
            [late, undone],
            topic=self.alerts_topic_arn,
            says="Work that can wait has waited too long, or was given up: see which alarm of it fired.",
        )
        self.stops_deployments = Ref(undone)
        self.workers_alarm_arn = GetAtt(tier, "Arn")

    def releases(self) -> None:
        """To all at once: jobs wait as customers do not, and no share of a single worker could stay."""
        application = revisions(
            self,
            "worker",
            fleet_name=self.workers_name,
            traffic=None,
            healthy_percent=0,
            alarms=[self.stops_deployments],
            topic=grants.Topic(self.alerts_topic_arn, self.alerts_key_arn),
        )
        self.worker_application = Ref(application)
        self.worker_revision_key = revision_key("worker")

    def jobs(self, which: str) -> Series:
        return self.queue_series(f"ApproximateNumberOfMessages{which}", self.jobs_queue_name)

    def queue_series(self, metric: str, queue: object) -> Series:
        return Series("AWS/SQS", metric, {"QueueName": queue}, "Maximum")
