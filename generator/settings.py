"""Every knob of the platform, declared once.

A declaration serves three readers: the check of params/*.yaml (`environments`), the Parameter of every
template that carries it (`layer`), and the documentation (`tradewind parameters --describe`).

    class Settings:
        vpc_cidr = cidr("10.0.0.0/16", "The VPC's address range.")

`Settings.vpc_cidr` is the declaration; read through a layer (`self.settings.vpc_cidr`) it is a `Ref`,
and the layer's template gains the Parameter `VpcCidr`. The kinds are `generator.setting_kinds`; whoever
reads settings finds the words for it here.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.setting_kinds import (
    FALSE,
    TRUE,
    Need,
    Setting,
    SettingsReader,
    choice,
    cidr,
    cron,
    known,
    number,
    offered,
    text,
    toggle,
)

__all__ = ["FALSE", "TRUE", "Need", "Setting", "Settings"]

#: Retentions that CloudWatch Logs accepts, in days (PutRetentionPolicy).
LOG_RETENTIONS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)


#: Redshift Serverless takes multiples of 8 up to 512; these are enough to choose from.
WAREHOUSE_SIZES = (8, 16, 24, 32, 48, 64, 96, 128, 256, 512)


class Settings(SettingsReader):
    """All settings, by layer; the first group is what the planner knows of a stack."""

    environment = known(
        "The environment's name; every derived name carries it.", pattern=r"[a-z][a-z0-9]{1,11}"
    )
    region_role = known(
        "What this region is to the shop; edge is us-east-1 where it is neither of the pair.",
        allowed=("primary", "standby", "edge"),
        needs={"edge": Need("edge_apart", TRUE)},
    )
    primary_region = known("The region that takes orders while all is well.")
    standby_region = known("The region that takes over.")
    peer_region = known("The other region of the pair; of the edge, the primary.")
    edge_apart = known("Whether us-east-1 is neither of the pair.", allowed=(TRUE, FALSE))
    holds_edge = known(
        "Whether this region is us-east-1, where edge stands.", allowed=(TRUE, FALSE)
    )
    peer_ready = known(
        "Whether the peer's foundation stands, so that replication can point at it.",
        allowed=(TRUE, FALSE),
    )
    template_base_url = known("Where this release's nested templates lie, without a closing slash.")

    # what a region offers (generator/availability.py)
    offers_codebuild = offered("CodeBuild projects")
    offers_cost_anomalies = offered("cost anomaly monitors")
    offers_event_schemas = offered("EventBridge schema registries")
    offers_personalize = offered("Amazon Personalize")
    offers_restore_testing = offered("restore testing of AWS Backup")
    offers_shield = offered("Shield Advanced")
    offers_snapshot_blocks = offered("the block on sharing disk snapshots")

    # account: what an account, or a region of it, has but one of; off where there is one already
    audit_trail = toggle(True, "The multi-Region trail; off where the organization's records.")
    trail_data_events = toggle(
        False, "Have the trail record every request for an object and every order (by event)."
    )
    trail_insights = toggle(
        False, "Have the trail tell of unusual rates of calls and errors (by event)."
    )
    config_recorder = toggle(True, "AWS Config's recorder and delivery channel.")
    config_linked_role = toggle(
        True, "Make AWS Config's service-linked role; off where the account has it."
    )
    search_linked_role = toggle(
        True,
        "Make OpenSearch Service's service-linked role for product_search; off where the account has it.",
    )
    config_rules = toggle(True, "Rules of AWS Config on what the templates claim; need a recorder.")
    access_analyzer = toggle(True, "IAM Access Analyzer: what is shared beyond the account.")
    unused_access_analyzer = toggle(
        False, "IAM Access Analyzer: roles and permissions that nobody uses (by role)."
    )
    guardduty = toggle(False, "Amazon GuardDuty: threats in logs and traffic (by volume).")
    security_hub = toggle(
        False, "AWS Security Hub with AWS's and CIS's standards (by check); needs a recorder."
    )
    api_gateway_account = toggle(True, "The role by which API Gateway writes logs.")
    block_snapshot_sharing = toggle(True, "Refuse that disk snapshots are shared with everybody.")
    shield_contact_email = text(
        "Whom the Shield Response Team calls on in an attack, with shield_advanced; or nothing.",
        default="",
        pattern=r"([^@\s]+@[^@\s]+\.[a-z]+)?",
        says="an address, or nothing",
    )
    shield_contact_phone = text(
        "Their telephone number; it goes with shield_contact_email.",
        default="",
        pattern=r"(\+[1-9]\d{1,14})?",
        says="a number such as +4930123456, or nothing",
    )
    shield_response_team = toggle(
        False,
        "Let the Shield Response Team read and change the web ACLs during an attack.",
        needs=Need("shield_advanced", TRUE),
    )
    # network
    vpc_cidr = cidr(
        None, "The VPC's address range; the two regions of an environment must not overlap."
    )
    availability_zones = number(
        2, "How many Availability Zones carry the shop.", least=2, most=3, allowed=(2, 3)
    )
    zone_a = text(
        "The letter of the first zone.", default="a", pattern="[a-f]", says="one letter from a to f"
    )
    zone_b = text(
        "The letter of the second zone.",
        default="b",
        pattern="[a-f]",
        says="one letter from a to f",
    )
    zone_c = text(
        "The letter of the third zone.", default="c", pattern="[a-f]", says="one letter from a to f"
    )
    nat_gateways = choice(
        "per-zone",
        "single",
        default="per-zone",
        help="A NAT gateway in every zone, or one for all (cheaper; a zone's loss cuts egress).",
    )
    interface_endpoints = toggle(
        False, "PrivateLink endpoints for the AWS APIs that the fleet calls."
    )
    # names and traffic
    domain_name = text(
        "The shop's domain; the shop answers at shop.<domain>.",
        pattern=r"([a-z0-9-]+\.)+[a-z]{2,}",
        says="a domain such as example.com",
    )
    hosted_zone_id = text(
        "The public hosted zone of the domain; it must exist.",
        pattern=r"Z[A-Z0-9]{1,31}",
        says="a hosted zone id such as Z0123456789ABCDEFGHIJ",
    )
    origin_secret_rotating = toggle(
        False,
        "Accept the previous origin secret beside the current one, while a new one is rolled out.",
    )
    health_check_interval = number(
        10,
        "Seconds between two requests of one checker; fixed when the check is made.",
        least=10,
        most=30,
        allowed=(10, 30),
    )
    health_check_failures = number(
        3,
        "Failures in a row that make an endpoint unhealthy, and successes that heal it.",
        least=1,
        most=10,
    )
    # edge
    price_class = choice(
        "PriceClass_100",
        "PriceClass_200",
        "PriceClass_All",
        default="PriceClass_100",
        help="Where CloudFront answers: North America and Europe, most of the world, or all of it.",
    )
    allowed_countries = text(
        "Countries that the shop answers, such as DE,FR (ISO 3166); empty: all of them.",
        default="",
        pattern="([A-Z]{2}(,[A-Z]{2})*)?",
        says="country codes with commas between them, such as DE,FR, or nothing",
    )
    # cost
    monthly_budget_usd = number(
        500, "US dollars a month that the environment may cost.", least=1, most=10_000_000
    )
    cost_anomalies = toggle(True, "Tell of spending that is not as usual.")
    cost_anomaly_usd = number(
        50, "US dollars of unusual spending that are worth a message.", least=1, most=1_000_000
    )
    commitment_budgets = toggle(
        False, "Tell when Savings Plans or reservations cover too little, or lie idle."
    )
    # protection
    waf = toggle(True, "Web ACLs against SQL injection, cross-site scripting and floods.")
    shield_advanced = toggle(
        False, "Shield Advanced protections; needs the subscription (a one-year commitment)."
    )
    deletion_protection = toggle(
        True, "Refuse the deletion of databases, tables and load balancers."
    )
    backup_vault_lock = toggle(
        False, "Lock the backup vault (governance): recovery points outlive mistakes."
    )
    backup_retention_days = number(
        7, "Days that database backups and daily recovery points are kept.", least=1, most=35
    )
    backups = toggle(True, "Back up daily what is tagged Backup=daily, by AWS Backup.")
    backup_copies = toggle(True, "Copy every recovery point to the peer's vault.")
    backup_archive = toggle(
        False, "Keep a weekly recovery point for three months, and a monthly one for a year."
    )
    restore_testing = toggle(
        False, "Restore the latest recovery points every week, and throw the result away."
    )
    secret_rotation_days = number(30, "Days between two rotations of a secret.", least=1, most=365)
    payment_key_url = text(
        "Where the payment processor exchanges API keys; empty: rotation refuses, the key stays.",
        default="",
        pattern=r"(https://\S+)?",
        says="an https:// address, or nothing",
    )
    # orders
    orders_engine = choice(
        "rds-multi-az",
        "aurora-global",
        default="rds-multi-az",
        help="PostgreSQL on RDS with a Multi-AZ standby, or an Aurora global database.",
    )
    orders_instance_class = text(
        "Instance class of the RDS engine and its replicas.",
        default="db.t4g.medium",
        pattern=r"db\.[a-z0-9]+\.[a-z0-9]+",
        says="a class such as db.r7g.large",
    )
    orders_cluster_class = text(
        "Instance class of the Aurora engine; a global database takes no burstable class.",
        default="db.r7g.large",
        pattern=r"db\.[rx]\d[a-z0-9]*\.[a-z0-9]+",
        says="a memory-optimised class such as db.r7g.large",
    )
    orders_storage_gib = number(
        50, "GiB of storage that the RDS engine starts with.", least=20, most=16384
    )
    orders_storage_ceiling_gib = number(
        200, "GiB that the RDS engine's storage may grow to by itself.", least=22, most=65536
    )
    orders_replicas = number(
        1,
        "Read replicas in the region for catalogue views; 0: none, and none in the standby either.",
        least=0,
        most=2,
        allowed=(0, 1, 2),
        needs={"0": Need("orders_engine", "rds-multi-az")},
    )
    orders_replica_ceiling = number(
        4, "Most Aurora replicas that auto scaling may run.", least=1, most=15
    )
    orders_backup_copies = toggle(
        True, "Copy the RDS engine's automated backups to the peer (not between every two regions)."
    )
    orders_night_stop = toggle(
        False,
        "Stop the database when the night begins (hour and minute of off_peak_start) until it ends.",
        needs=Need("orders_replicas", "0"),
    )
    # catalog
    table_billing = choice(
        "on-demand",
        "provisioned",
        default="on-demand",
        help="DynamoDB capacity: pay per request, or provisioned with auto scaling.",
    )
    table_capacity_ceiling = number(
        4000,
        "Most read or write units that auto scaling may provision for a table.",
        least=10,
        most=40000,
    )
    orders_writer = choice(
        "primary",
        "standby",
        default="primary",
        help="Where the orders database is written; standby after a drill or a failover left it there.",
        needs={"standby": Need("orders_engine", "aurora-global")},
    )
    order_intake_consistency = choice(
        "eventual",
        "strong",
        default="eventual",
        help="Multi-Region consistency of order-intake; strong means RPO 0 and needs a witness region.",
        needs={"strong": Need("witness_region")},
    )
    witness_region = text(
        "The witness of a strongly consistent order-intake: a third region of the same Region set.",
        default="",
        pattern=r"([a-z]{2}(-[a-z]+)+-\d)?",
        says="a region, or nothing",
    )
    # cache
    session_cache = toggle(False, "A Valkey cache for sessions and hot queries, in both regions.")
    cache_node_type = text(
        "Node type of the session cache.",
        default="cache.t4g.small",
        pattern=r"cache\.[a-z0-9]+\.[a-z0-9]+",
        says="a type such as cache.r7g.large",
    )
    cache_nodes = number(
        2,
        "Nodes of the session cache: the primary, and its replicas in other zones.",
        least=2,
        most=6,
    )
    price_cache = toggle(
        False,
        "A Memcached cluster for prices, in both regions.",
    )
    price_cache_node_type = text(
        "Node type of the price cache.",
        default="cache.t4g.small",
        pattern=r"cache\.[a-z0-9]+\.[a-z0-9]+",
        says="a type such as cache.m7g.large",
    )
    price_cache_nodes = number(
        2, "Nodes of the price cache, spread over the zones.", least=2, most=40
    )
    # search
    product_search = toggle(
        False, "An OpenSearch domain for product search, fed from the catalogue."
    )
    search_instance_type = text(
        "Instance type of the search domain's data nodes.",
        default="t3.small.search",
        pattern=r"[a-z0-9]+\.[a-z0-9]+\.search",
        says="a type such as r7g.large.search",
    )
    search_nodes = number(
        2, "Data nodes of the search domain: as many in each zone.", least=2, most=80
    )
    search_volume_gib = number(20, "GiB of storage of each data node.", least=10, most=3072)
    search_quiet_hour = number(
        2, "The hour (UTC) from which ten are quiet enough for updates.", least=0, most=23
    )
    search_dedicated_masters = toggle(
        False, "Three nodes that only lead the search domain, so that load cannot unseat them."
    )
    search_master_type = text(
        "Instance type of the dedicated masters.",
        default="m7g.medium.search",
        pattern=r"[a-z0-9]+\.[a-z0-9]+\.search",
        says="a type such as m7g.large.search",
    )
    # events and payments
    event_archive_days = number(
        14, "Days that the order events of a bus are kept for replay.", least=1, most=3650
    )
    payment_api = toggle(
        False, "The private API at which the shop authorises payments while the customer waits."
    )
    payment_processor_url = text(
        "The payment processor's API; empty: no payment is taken, and every order that asks for one fails.",
        default="",
        pattern=r"(https://\S+)?",
        says="an https:// address, or nothing",
    )
    # storefront
    shop_instance_type = text(
        "Instance type of the shop's fleet (arm64).",
        default="t4g.small",
        pattern=r"[a-z0-9-]+\.[a-z0-9]+",
        says="a type such as m7g.large",
    )
    shop_second_instance_type = text(
        "What the fleet is made of where EC2 has no more of the first (arm64, another type).",
        default="t4g.medium",
        pattern=r"[a-z0-9-]+\.[a-z0-9]+",
        says="a type such as r7g.large",
    )
    shop_minimum = number(2, "Fewest instances of the fleet.", least=2, most=500)
    shop_maximum = number(4, "Most instances of the fleet.", least=2, most=1000)
    shop_cpu_target = number(50, "Percent of CPU that target tracking aims at.", least=10, most=90)
    shop_requests_target = number(
        600, "Requests per target and minute that target tracking aims at.", least=10, most=100000
    )
    shop_checkout_backlog_target = number(
        20, "Checkouts waiting per instance that target tracking aims at.", least=1, most=10000
    )
    deploy_minimum_healthy_percent = number(
        50, "Percent of the fleet that a shop deployment leaves serving.", least=1, most=99
    )
    predictive_scaling = toggle(False, "Forecast the day's traffic and scale ahead of it.")
    warm_pool_minimum = number(0, "Stopped instances kept ready; 0 for none.", least=0, most=100)
    off_peak_scaling = toggle(True, "Scale the fleet down at night in the shop's time zone.")
    off_peak_minimum = number(2, "Fewest instances at night; 0 stops the fleet.", least=0, most=500)
    off_peak_start = cron("0 23 * * *", "When the night begins.")
    off_peak_end = cron("0 6 * * *", "When the night ends.")
    worker_fleet = toggle(True, "A fleet on Spot capacity for work that can wait.")
    worker_minimum = number(
        0, "Fewest workers; 0: none runs until there is work.", least=0, most=100
    )
    worker_maximum = number(4, "Most workers.", least=1, most=500)
    worker_backlog_target = number(
        50, "Jobs waiting per worker that target tracking aims at.", least=1, most=100000
    )
    load_test_addresses = text(
        "Addresses of load generators, which rate rules do not count while they stand here; empty: nobody's.",
        default="",
        pattern=r"((\d{1,3}\.){3}\d{1,3}/32(,(\d{1,3}\.){3}\d{1,3}/32)*)?",
        says="addresses such as 192.0.2.10/32,192.0.2.11/32, or nothing",
    )
    load_test_users = number(
        250, "Virtual users of one load generator, of which there are four.", least=1, most=5000
    )
    time_zone = text(
        "The shop's time zone, as in the IANA database.",
        default="Etc/UTC",
        pattern=r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*",
        says="a zone such as Europe/Berlin",
    )
    # insights
    analytics = toggle(False, "Export orders to S3, and rank products in Redshift Serverless.")
    warehouse_base_rpus = number(
        8,
        "Redshift Processing Units that the warehouse works with; it costs while it works.",
        least=8,
        most=512,
        allowed=WAREHOUSE_SIZES,
    )
    warehouse_ceiling_rpus = number(
        16,
        "Most Redshift Processing Units that the warehouse may scale to.",
        least=8,
        most=512,
        allowed=WAREHOUSE_SIZES,
    )
    warehouse_daily_rpu_hours = number(
        8, "RPU hours a day above which an alarm fires.", least=1, most=12288
    )
    recommendations = toggle(
        False, "Train recommendations with Amazon Personalize, where the region offers it."
    )
    recommendations_minimum_tps = number(
        1, "Requests a second that the campaign is kept ready, and paid, for.", least=1, most=500
    )
    # releases
    operators = text(
        "Whose IAM names may assume the operator role, which starts and approves releases; *: anybody's.",
        default="*",
        pattern=r"\*|(role|user)/[\w+=,.@/*-]+",
        says="what follows arn:aws:iam::ACCOUNT:, such as role/release-managers-*, or *",
    )
    approval_mfa = toggle(
        False,
        "Ask operators for MFA; IAM users alone can show it, for a role's session carries none.",
    )
    approval_minutes = number(
        1440,
        "Minutes that a plan waits for its approval; then the release fails, and says so.",
        least=5,
        most=10080,
    )
    # observability
    log_retention_days = number(
        30, "Days that log groups keep events.", least=1, most=3653, allowed=LOG_RETENTIONS
    )
    alarm_email = text(
        "Who is told of alarms; empty for nobody (the topic is there all the same).",
        default="",
        pattern=r"([^@\s]+@[^@\s]+\.[a-z]+)?",
        says="an address, or nothing",
    )
    latency_objective_ms = number(
        1000,
        "The p99 response time, in milliseconds, above which an alarm fires.",
        least=50,
        most=60000,
    )
    error_rate_objective_percent = number(
        2, "The percentage of 5XX answers above which an alarm fires.", least=1, most=100
    )
    # drills
    recovery_time_objective_seconds = number(
        300,
        "Seconds from the loss of a region until the other one sells; drills are held to it.",
        least=30,
        most=86400,
    )
    recovery_point_objective_seconds = number(
        5,
        "Seconds of acknowledged orders that may be out of reach in the other region; drills are held to it.",
        least=0,
        most=86400,
    )
    drill_max_age_days = number(
        0, "Days after the last good drill when an alarm fires; 0: none does.", least=0, most=400
    )
    drill_allowance = choice(
        "none",
        "takeover",
        default="none",
        help="What a drill may do that nobody approves: nothing, or a takeover without data.",
    )
    drill_schedule = toggle(
        False,
        "Run a failover drill by routine, in the standby's CodeBuild.",
        needs=Need("drill_allowance", "takeover"),
    )
    drill_time = text(
        "When the routine's drill begins, in the shop's time zone: the six fields of a cron() schedule.",
        default="0 10 ? * TUE *",
        pattern=r"\S+( \S+){5}",
        says="six cron fields, such as '0 10 ? * TUE *'",
    )

    @classmethod
    def all(cls) -> Iterator[Setting]:
        """Every setting in the order of its declaration."""
        return (value for value in vars(cls).values() if isinstance(value, Setting))
