"""The orders database: RDS Multi-AZ or an Aurora global database, by setting, in both regions."""

from __future__ import annotations

from troposphere import GetAtt, Tags
from troposphere.rds import DBSubnetGroup

from generator import grants
from generator.conditions import Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Output, Where
from generator.layers.alerts import Alerts
from generator.layers.data_tier import DataTier
from generator.layers.network import Network
from generator.layers.orders_addresses import hand_out
from generator.layers.orders_alarms import watch
from generator.layers.orders_aurora import AuroraCluster, aurora_cluster
from generator.layers.orders_doors import Doors, doors
from generator.layers.orders_events import events
from generator.layers.orders_night import stops_at_night
from generator.layers.orders_rds import RdsInstances, rds_instances
from generator.layers.secrets import Secrets
from generator.postgres import DATABASE, PORT

HOST = "c0123456789a.us-east-1.rds.amazonaws.com"


class Orders(DataTier):
    """The database of orders: the writer, its readers, and its copy in the standby region.

    In the standby, `writer_endpoint` is the local copy's: it refuses to write until it is promoted, and is
    the writer from then on.
    """

    data_key_arn = Handoff(Foundation.data_key_arn)
    peer_data_key_arn = Handoff(Foundation.data_key_arn, of=Where.PEER)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    vpc_id = Input(Network.vpc_id)
    orders_secret_arn = Input(Secrets.orders_secret_arn)
    rotation_security_group_id = Input(Secrets.rotation_security_group_id)

    writer_endpoint = Output(
        example=f"tradewind-dev-orders-us-east-1.{HOST}", help="Empty where there is no database."
    )
    reader_endpoint = Output(
        example=f"tradewind-dev-orders-reader-1-us-east-1.{HOST}",
        handed_on=True,
        help="For reports. The writer's where there is no replica; empty where there is no database.",
    )
    second_reader_endpoint = Output(
        example=f"tradewind-dev-orders-reader-2-us-east-1.{HOST}",
        handed_on=True,
        help="Empty unless RDS runs two replicas; Aurora's one address spreads over all.",
    )
    database_port = Output(example=str(PORT))
    database_name = Output(
        example=DATABASE,
        handed_on=True,
        help="The database of orders, for clients of SQL.",
    )
    client_security_group_id = Output(
        "AWS::EC2::SecurityGroup::Id",
        example="sg-0123456789abcdef2",
        help="Whoever is in this group reaches the database.",
    )
    orders_database_id = Output(
        example="tradewind-dev-orders-us-east-1",
        handed_on=True,
        help="Of the instance or cluster; empty where there is none.",
    )
    orders_dimension = Output(
        example="DBInstanceIdentifier", help="The CloudWatch dimension that orders_database_id is."
    )
    database_arn = Output(
        example="arn:aws:rds:us-east-1:111111111111:db:tradewind-dev-orders-us-east-1",
        handed_on=True,
        help="Of the instance or cluster; empty where there is none.",
    )
    global_cluster_id = Output(
        example="tradewind-dev-orders", handed_on=True, help="Empty with the RDS engine."
    )

    orders_subnet_group = Output(
        example="tradewind-dev-orders-us-east-1", help="By its name; there where a database is."
    )

    primary_database_arn = Handoff(database_arn, of=Where.PRIMARY)
    primary_global_cluster_id = Handoff(global_cluster_id, of=Where.PRIMARY)
    orders_alarm_arn = Output(
        example="arn:aws:cloudwatch:us-east-1:111111111111:alarm:tradewind-dev-orders-tier-us-east-1",
        help="Empty where there is no database.",
    )

    def build(self) -> None:
        self.doors: Doors = doors(self)
        self.subnets()
        self.monitoring()
        self.rds: RdsInstances = rds_instances(self)
        self.aurora: AuroraCluster = aurora_cluster(self)
        stops_at_night(self)
        events(self)
        self.alarms()
        self.outputs()

    def subnets(self) -> None:
        self.subnet_group = self.add(
            DBSubnetGroup(
                "DataSubnets",
                DBSubnetGroupName=self.named("orders"),
                DBSubnetGroupDescription="The data tier",
                SubnetIds=self.data_subnets(),
                Tags=Tags(Name=self.named("orders")),
                **self.only(Conditions.orders_in_region),
            )
        )

    def monitoring(self) -> None:
        self.monitor = self.role(
            "DatabaseMonitor",
            trusted=grants.service("monitoring.rds"),
            allows=[grants.publish_database_monitoring()],
            **self.only(Conditions.orders_in_region),
        )

    def alarms(self) -> None:
        tier = GetAtt(watch(self), "Arn")
        self.orders_alarm_arn = self.choose(Conditions.orders_in_region, tier, "")

    def outputs(self) -> None:
        self.client_security_group_id = GetAtt(self.doors.clients, "GroupId")
        hand_out(self)
