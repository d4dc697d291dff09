"""What brings the search domain the catalogue's changes, and what tells when it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Tags
from troposphere.awslambda import (
    DestinationConfig,
    EventSourceMapping,
    Filter,
    FilterCriteria,
    OnFailure,
)

from generator import grants
from generator.alarms import Series, above, metric_alarm
from generator.layers.catalog import CATALOGUE
from generator.layers.search_domain import INDEX, domain_arn
from generator.layers.top_products import ITEM
from generator.queues import waiting

if TYPE_CHECKING:
    from generator.layers.search import Search

#: Seconds: how long a change is tried again while the domain does not take it.
PATIENCE = 6 * 3600


def indexer_function(layer: Search) -> AWSObject:
    """It reads the table's stream and writes the index."""
    return layer.function(
        "SearchIndexer",
        "search_indexer",
        [
            grants.SearchDomain(domain_arn(layer)).index(INDEX),
            grants.TableStream(layer.catalogue_stream_arn, layer.data_key_arn).consume(),
        ],
        environment={
            "ENDPOINT": GetAtt(layer.domain, "DomainEndpoint"),
            "INDEX": INDEX,
            "KEY": CATALOGUE.key,
            "UNINDEXED": Ref(layer.failures),
        },
        environment_key_arn=layer.data_key_arn,
        timeout=60,
        concurrency=10,
    )


def feed(layer: Search, roles: AWSObject) -> None:
    """In order for each product, and no list of products. What the domain is too busy for is tried again.

    What it will never take the function itself puts aside, so that nothing waits behind it.
    """
    products = {"dynamodb": {"Keys": {CATALOGUE.key: {"S": [{"anything-but": [ITEM]}]}}}}
    layer.add(
        EventSourceMapping(
            "CatalogueChanges",
            EventSourceArn=layer.catalogue_stream_arn,
            FunctionName=GetAtt(layer.indexer, "Arn"),
            StartingPosition="TRIM_HORIZON",
            BatchSize=100,
            MaximumBatchingWindowInSeconds=1,
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=100,
            MaximumRecordAgeInSeconds=PATIENCE,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            FilterCriteria=FilterCriteria(Filters=[Filter(Pattern=json.dumps(products))]),
            DestinationConfig=DestinationConfig(
                OnFailure=OnFailure(Destination=GetAtt(layer.failures, "Arn"))
            ),
            Tags=Tags(Name=layer.named("catalogue-changes")),
            DependsOn=roles.title,
        )
    )


def feed_alarms(layer: Search) -> Iterator[AWSObject]:
    """What waits, what fails, and what was given up."""
    function = {"FunctionName": Ref(layer.indexer)}
    for title, series, limit, says in (
        (
            "SearchStale",
            Series("AWS/Lambda", "IteratorAge", function, "Maximum"),
            above(300_000, breaches=5, periods=5),
            "Changes of the catalogue wait for more than five minutes to be found. Read the indexer's log.",
        ),
        (
            "SearchIndexerFailing",
            Series("AWS/Lambda", "Errors", function),
            above(0, breaches=3, periods=5),
            "The indexer fails, and tries again for six hours. Read its log; then the domain's health.",
        ),
        (
            "SearchIndexerThrottled",
            Series("AWS/Lambda", "Throttles", function),
            above(0, breaches=5, periods=5),
            "The indexer is not let run as often as it would: changes wait. Raise its concurrency.",
        ),
        (
            "SearchUnindexed",
            waiting(GetAtt(layer.failures, "QueueName")),
            above(0, breaches=1, periods=1),
            "Changes of the catalogue were given up: the queue says which product and why, or which shard "
            "and sequence. Mend those products and write them again, then empty the queue.",
        ),
    ):
        yield metric_alarm(layer, title, series, limit, topic=layer.alerts_topic_arn, says=says)
