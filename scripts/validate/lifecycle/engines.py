"""Until when engines are supported: RDS and Aurora PostgreSQL, ElastiCache, OpenSearch Service.

A major version is what a parameter group's family names; a minor one is what EngineVersion names, and ends
earlier. At its end RDS upgrades a minor version by itself, in a maintenance window, so a template that still
names it no longer describes what runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.validate.lifecycle.rows import Row, Source, listed

RDS = Source(
    "Release calendars for Amazon RDS for PostgreSQL",
    "https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html",
)
AURORA = Source(
    "Release calendars for Aurora PostgreSQL",
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/"
    "aurorapostgresql-release-calendar.html",
)
ELASTICACHE = Source(
    "Engine versions in ElastiCache",
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html",
)
OPENSEARCH = Source(
    "What is Amazon OpenSearch Service",
    "https://docs.aws.amazon.com/opensearch-service/latest/developerguide/what-is.html",
)

#: What a template calls an engine -> what its rows are of.
KINDS = {
    "postgres": "RDS for PostgreSQL",
    "aurora-postgresql": "Aurora PostgreSQL",
    "mysql": "RDS for MySQL",
    "aurora-mysql": "Aurora MySQL",
    "mariadb": "RDS for MariaDB",
    "valkey": "ElastiCache for Valkey",
    "redis": "ElastiCache for Redis OSS",
    "memcached": "ElastiCache for Memcached",
    "opensearch": "OpenSearch Service",
}

#: Version -> the end of its standard support.
RDS_POSTGRESQL = {
    "18": "2031-02-28",
    "18.6": "2027-09",
    "18.4": "2027-09",
    "18.3": "2027-03",
    "18.2": "2027-03",
    "18.1": "2027-03",
    "17": "2030-02-28",
    "17.11": "2027-09",
    "17.10": "2027-09",
    "17.9": "2027-03",
    "17.8": "2027-03",
    "17.7": "2027-03",
    "17.6": "2026-10-31",
    "17.5": "2026-10-31",
    "16": "2029-02-28",
    "16.15": "2027-09",
    "16.14": "2027-09",
    "16.13": "2027-03",
    "16.12": "2027-03",
    "16.11": "2027-03",
    "16.10": "2026-10-31",
    "16.9": "2026-10-31",
    "15": "2028-02-29",
    "14": "2027-02-28",
    "13": "2026-02-28",
}
AURORA_POSTGRESQL = {
    "18": "2031-02-28",
    "18.4": "2027-12-31",
    "18.3": "2027-11-30",
    "17": "2030-02-28",
    "17.10": "2027-12-31",
    "17.9": "2027-09-30",
    "17.7": "2030-02-28",  # long-term support
    "17.6": "2027-04-30",
    "17.5": "2026-12-31",
    "17.4": "2026-11-30",
    "16": "2029-02-28",
    "16.14": "2027-12-31",
    "16.13": "2027-09-30",
    "16.11": "2027-05-31",
    "16.10": "2027-04-30",
    "16.9": "2026-12-31",
    "16.8": "2029-02-28",  # long-term support
    "15": "2028-02-29",
    "14": "2027-02-28",
    "13": "2026-02-28",
}
REDIS = {"4*": "2026-01-31", "5*": "2026-01-31", "6*": "2027-01-31", "7*": None}
VALKEY = ("7", "7.2", "8", "8.0", "8.1", "8.2", "9", "9.0", "9.1")
MEMCACHED = ("1.4*", "1.5*", "1.6*")
OPENSEARCH_VERSIONS = {
    **dict.fromkeys(("Elasticsearch_1.5", "Elasticsearch_2.3", "Elasticsearch_5.*"), "2025-11-07"),
    **dict.fromkeys((f"Elasticsearch_6.{minor}" for minor in (0, 2, 3, 4, 5, 7)), "2025-11-07"),
    **dict.fromkeys((f"Elasticsearch_7.{minor}" for minor in (1, 4, 7, 8)), "2025-11-07"),
    **dict.fromkeys((f"OpenSearch_1.{minor}" for minor in (0, 1, 2)), "2025-11-07"),
    **dict.fromkeys((f"OpenSearch_2.{minor}" for minor in (3, 5, 7, 9)), "2025-11-07"),
    **dict.fromkeys(("Elasticsearch_6.8", "Elasticsearch_7.9", "Elasticsearch_7.10"), None),
    **dict.fromkeys(("OpenSearch_1.3", "OpenSearch_2.11", "OpenSearch_2.13"), None),
    **dict.fromkeys(("OpenSearch_2.15", "OpenSearch_2.17", "OpenSearch_2.19"), None),
    **dict.fromkeys(("OpenSearch_3.1", "OpenSearch_3.3", "OpenSearch_3.5"), None),
}


def rows() -> Iterator[Row]:
    """Every engine's."""
    yield from listed(KINDS["postgres"], RDS, RDS_POSTGRESQL)
    yield from listed(KINDS["aurora-postgresql"], AURORA, AURORA_POSTGRESQL)
    yield from listed(KINDS["redis"], ELASTICACHE, REDIS)
    yield from listed(KINDS["valkey"], ELASTICACHE, VALKEY)
    yield from listed(KINDS["memcached"], ELASTICACHE, MEMCACHED)
    yield from listed(KINDS["opensearch"], OPENSEARCH, OPENSEARCH_VERSIONS)
