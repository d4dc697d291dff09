"""Where the orders database answers: of the engine that is there, under the names that both have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import GetAtt

from generator.conditions import Conditions
from generator.postgres import DATABASE, PORT

if TYPE_CHECKING:
    from generator.layers.orders import Orders


def hand_out(layer: Orders) -> None:
    """The layer's outputs; each is empty where what it names is not there."""
    layer.orders_subnet_group = layer.named("orders")
    layer.writer_endpoint = _by_engine(layer, "Endpoint.Address", "Endpoint.Address")
    layer.reader_endpoint = layer.choose(
        Conditions.aurora_global,
        GetAtt(layer.aurora.cluster, "ReadEndpoint.Address"),
        layer.choose(
            Conditions.rds_replica,
            GetAtt(layer.rds.reader, "Endpoint.Address"),
            _rds_value(layer, "Endpoint.Address"),
        ),
    )
    layer.second_reader_endpoint = layer.choose(
        Conditions.rds_second_replica, GetAtt(layer.rds.second_reader, "Endpoint.Address"), ""
    )
    in_region = Conditions.orders_in_region
    layer.database_port = layer.choose(in_region, str(PORT), "")
    layer.database_name = layer.choose(in_region, DATABASE, "")
    layer.orders_database_id = layer.choose(in_region, layer.named("orders"), "")
    layer.orders_dimension = layer.choose(
        Conditions.aurora_global, "DBClusterIdentifier", "DBInstanceIdentifier"
    )
    layer.database_arn = _by_engine(layer, "DBInstanceArn", "DBClusterArn")
    layer.global_cluster_id = layer.choose(
        Conditions.aurora_global, layer.aurora.global_cluster_id, ""
    )


def _by_engine(layer: Orders, of_instance: str, of_cluster: str) -> object:
    return layer.choose(
        Conditions.aurora_global,
        GetAtt(layer.aurora.cluster, of_cluster),
        _rds_value(layer, of_instance),
    )


def _rds_value(layer: Orders, attribute: str) -> object:
    """Of the instance in the primary, of its replica in the standby, or empty."""
    replica = layer.choose(
        Conditions.rds_remote_replica, GetAtt(layer.rds.remote_replica, attribute), ""
    )
    return layer.choose(Conditions.rds_primary, GetAtt(layer.rds.writer, attribute), replica)
