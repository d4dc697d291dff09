"""Resource handles with verbs: the only way to write a policy statement.

A handle names a resource and the key that encrypts it; a verb gives the exact actions, the KMS half included.

    self.role(
        "WebServer",
        trusted=service("ec2"),
        allows=[assets.read(), orders_queue.send(), origin_secret.read()],
    )

No action has a wildcard. A resource is a wildcard only where AWS offers no scope for the action: those
statements come from `unscoped`, which wants the reason.

A new handle goes where its kind is, and is named here: what keeps data into `data`, what is told or called
into `messages`, what runs on machines and in networks into `machines`, what tells how it goes into
`telemetry`, what brings releases into `pipelines`. A family that fills a page gets a module of its own.
`statements` has the words they are made of.
"""

from generator.grants.backups import Backups
from generator.grants.data import (
    Bucket,
    CacheUser,
    Database,
    SearchDomain,
    Secret,
    Table,
    TableStream,
)
from generator.grants.drills import (
    Surroundings,
    Switch,
    find_a_product,
    follow_orders,
    hand_back_orders,
    hold_leases,
    know_itself,
    leave_markers,
    watch_health_checks,
)
from generator.grants.insights import Interactions, Recommender, Warehouse, encrypt_datasets
from generator.grants.keys import Key
from generator.grants.machines import (
    BuildProject,
    Fleet,
    build_in_vpc,
    close_security_group,
    join_vpc,
    session_manager,
)
from generator.grants.messages import (
    Api,
    DeliveryStream,
    EventBus,
    Function,
    Queue,
    StateMachine,
    Topic,
)
from generator.grants.pipelines import (
    Deployments,
    Pipeline,
    Stack,
    act_as,
    find_leftovers,
    find_prefix_lists,
    find_tables,
    hand_to_stacks,
    tell_drift_from_service,
)
from generator.grants.roles import GRANTS, boundary_arn, merged, role
from generator.grants.statements import (
    MAY_NAME_NO_SOURCE,
    Allowed,
    Arn,
    Trust,
    all_of,
    allow,
    service,
    unscoped,
)
from generator.grants.telemetry import (
    LogGroup,
    publish_api_logs,
    publish_database_monitoring,
    publish_metrics,
    publish_traces,
    report_executions,
)

__all__ = [
    "GRANTS",
    "MAY_NAME_NO_SOURCE",
    "Allowed",
    "Api",
    "Arn",
    "Backups",
    "Bucket",
    "BuildProject",
    "CacheUser",
    "Database",
    "DeliveryStream",
    "Deployments",
    "EventBus",
    "Fleet",
    "Function",
    "Interactions",
    "Key",
    "LogGroup",
    "Pipeline",
    "Queue",
    "Recommender",
    "SearchDomain",
    "Secret",
    "Stack",
    "StateMachine",
    "Surroundings",
    "Switch",
    "Table",
    "TableStream",
    "Topic",
    "Trust",
    "Warehouse",
    "act_as",
    "all_of",
    "allow",
    "boundary_arn",
    "build_in_vpc",
    "close_security_group",
    "encrypt_datasets",
    "find_a_product",
    "find_leftovers",
    "find_prefix_lists",
    "find_tables",
    "follow_orders",
    "hand_back_orders",
    "hand_to_stacks",
    "hold_leases",
    "join_vpc",
    "know_itself",
    "leave_markers",
    "merged",
    "publish_api_logs",
    "publish_database_monitoring",
    "publish_metrics",
    "publish_traces",
    "report_executions",
    "role",
    "service",
    "session_manager",
    "tell_drift_from_service",
    "unscoped",
    "watch_health_checks",
]
