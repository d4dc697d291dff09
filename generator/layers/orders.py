"""The orders database: RDS Multi-AZ or an Aurora global database, by setting, in both regions."""

from __future__ import annotations

from collections.abc import Sequence

from troposphere import GetAtt, NoValue, Ref, Tags
from troposphere.ec2 import (
    SecurityGroup,
    SecurityGroupEgress,
    SecurityGroupIngress,
)
from troposphere.rds import DBSubnetGroup, EventSubscription

from generator import grants
from generator.conditions import Condition, Conditions
from generator.foundation import Foundation
from generator.layer import Handoff, Input, Layer, Output, Where
from generator.layers.alerts import Alerts
from generator.layers.network import Network
from generator.layers.orders_alarms import watch
from generator.layers.orders_aurora import AuroraCluster, aurora_cluster
from generator.layers.orders_night import stops_at_night
from generator.layers.orders_rds import RdsInstances, rds_instances
from generator.layers.secrets import Secrets
from generator.postgres import DATABASE, PORT
from generator.security import nothing_leaves

HOST = "c0123456789a.us-east-1.rds.amazonaws.com"

#: What an operator wants to hear of; backups and creations are not among it.
INSTANCE_EVENTS = ["availability", "configuration change", "deletion", "failover", "failure"]
STORAGE_EVENTS = ["low storage", "maintenance", "notification", "read replica", "recovery"]
CLUSTER_EVENTS = ["configuration change", "deletion", "failover", "failure", "global-failover"]


class Orders(Layer):
    """The database of orders: the writer, its readers, and its copy in the standby region.

    In the standby, `writer_endpoint` is the local copy's: it refuses to write until it is promoted, and is
    the writer from then on.
    """

    data_key_arn = Handoff(Foundation.data_key_arn)
    peer_data_key_arn = Handoff(Foundation.data_key_arn, of=Where.PEER)
    logs_key_arn = Handoff(Foundation.logs_key_arn)
    alerts_topic_arn = Input(Alerts.alerts_topic_arn)
    vpc_id = Input(Network.vpc_id)
    data_subnet_a = Input(Network.data_subnet_a)
    data_subnet_b = Input(Network.data_subnet_b)
    data_subnet_c = Input(Network.data_subnet_c)
    orders_secret_arn = Input(Secrets.orders_secret_arn)
    rotation_security_group_id = Input(Secrets.rotation_security_group_id)

    writer_endpoint = Output(
        example=f"tradewind-dev-orders-us-east-1.{HOST}", help="Empty where there is no database."
    )
    reader_endpoint = Output(
        example=f"tradewind-dev-orders-reader-1-us-east-1.{HOST}",
        help="The writer's where there is no replica; empty where there is no database.",
    )
    second_reader_endpoint = Output(
        example=f"tradewind-dev-orders-reader-2-us-east-1.{HOST}",
        help="Empty unless RDS runs two replicas; Aurora's one address spreads over all.",
    )
    database_port = Output(example=str(PORT))
    database_name = Output(example=DATABASE)
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
        self.doors()
        self.subnets()
        self.monitoring()
        self.rds: RdsInstances = rds_instances(self)
        self.aurora: AuroraCluster = aurora_cluster(self)
        stops_at_night(self)
        self.events()
        self.orders_alarm_arn = self.choose(
            Conditions.orders_in_region, GetAtt(watch(self), "Arn"), ""
        )
        self.outputs()

    def doors(self) -> None:
        """Rules stand apart from their groups, because the two groups name each other."""
        self.database_group = self.group("DatabaseGroup", "The orders database")
        clients = self.group("ClientGroup", "Whoever uses the orders database")
        self.client_security_group_id = GetAtt(clients, "GroupId")
        self.opening("FromClients", GetAtt(clients, "GroupId"), "Clients of the database")
        self.opening(
            "FromRotation",
            self.rotation_security_group_id,
            "The rotation of its password",
            Conditions.primary,
        )
        self.add(
            SecurityGroupEgress(
                "ToDatabase",
                GroupId=GetAtt(clients, "GroupId"),
                DestinationSecurityGroupId=GetAtt(self.database_group, "GroupId"),
                IpProtocol="tcp",
                FromPort=PORT,
                ToPort=PORT,
                Description="The orders database",
            )
        )

    def subnets(self) -> None:
        third = self.choose(Conditions.third_zone, self.data_subnet_c, NoValue)
        self.subnet_group = self.add(
            DBSubnetGroup(
                "DataSubnets",
                DBSubnetGroupName=self.named("orders"),
                DBSubnetGroupDescription="The data tier",
                SubnetIds=[self.data_subnet_a, self.data_subnet_b, third],
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

    def events(self) -> None:
        """RDS tells the topic itself: a failover is over before a metric has shown it."""
        members = [
            self.choose(condition, Ref(instance), NoValue)
            for instance, condition in (*self.rds.members(), *self.aurora.members())
        ]
        self.subscription(
            "InstanceEvents",
            "db-instance",
            members,
            [*INSTANCE_EVENTS, *STORAGE_EVENTS],
            Conditions.orders_in_region,
        )
        self.subscription(
            "ClusterEvents",
            "db-cluster",
            [Ref(self.aurora.cluster)],
            [*CLUSTER_EVENTS, "maintenance", "notification"],
            Conditions.aurora_global,
        )
        self.subscription(
            "ParameterEvents",
            "db-parameter-group",
            [Ref(self.rds.parameters)],
            ["configuration change"],
            Conditions.rds_in_region,
        )

    def outputs(self) -> None:
        self.orders_subnet_group = self.named("orders")
        self.writer_endpoint = self.by_engine("Endpoint.Address", "Endpoint.Address")
        self.reader_endpoint = self.choose(
            Conditions.aurora_global,
            GetAtt(self.aurora.cluster, "ReadEndpoint.Address"),
            self.choose(
                Conditions.rds_replica,
                GetAtt(self.rds.reader, "Endpoint.Address"),
                self.rds_value("Endpoint.Address"),
            ),
        )
        self.second_reader_endpoint = self.choose(
            Conditions.rds_second_replica, GetAtt(self.rds.second_reader, "Endpoint.Address"), ""
        )
        in_region = Conditions.orders_in_region
        self.database_port = self.choose(in_region, str(PORT), "")
        self.database_name = self.choose(in_region, DATABASE, "")
        self.orders_database_id = self.choose(in_region, self.named("orders"), "")
        self.orders_dimension = self.choose(
            Conditions.aurora_global, "DBClusterIdentifier", "DBInstanceIdentifier"
        )
        self.database_arn = self.by_engine("DBInstanceArn", "DBClusterArn")
        self.global_cluster_id = self.choose(
            Conditions.aurora_global, self.aurora.global_cluster_id, ""
        )

    def by_engine(self, of_instance: str, of_cluster: str) -> object:
        return self.choose(
            Conditions.aurora_global,
            GetAtt(self.aurora.cluster, of_cluster),
            self.rds_value(of_instance),
        )

    def rds_value(self, attribute: str) -> object:
        """Of the instance in the primary, of its replica in the standby, or empty."""
        replica = self.choose(
            Conditions.rds_remote_replica, GetAtt(self.rds.remote_replica, attribute), ""
        )
        return self.choose(Conditions.rds_primary, GetAtt(self.rds.writer, attribute), replica)

    def group(self, title: str, says: str) -> SecurityGroup:
        return self.add(
            SecurityGroup(
                title,
                GroupDescription=says,
                VpcId=self.vpc_id,
                SecurityGroupEgress=[nothing_leaves()],
                Tags=Tags(Name=self.named("orders")),
            )
        )

    def opening(
        self, title: str, source: object, says: str, condition: Condition | None = None
    ) -> None:
        self.add(
            SecurityGroupIngress(
                title,
                GroupId=GetAtt(self.database_group, "GroupId"),
                SourceSecurityGroupId=source,
                IpProtocol="tcp",
                FromPort=PORT,
                ToPort=PORT,
                Description=says,
                **self.only(condition),
            )
        )

    def subscription(
        self,
        title: str,
        kind: str,
        sources: Sequence[object],
        events: list[str],
        condition: Condition,
    ) -> None:
        self.add(
            EventSubscription(
                title,
                SnsTopicArn=self.alerts_topic_arn,
                SourceType=kind,
                SourceIds=sources,
                EventCategories=events,
                Enabled=True,
                **self.only(condition),
            )
        )
