"""What makes the search index from the whole catalogue: for a new domain, and whenever somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from troposphere import AWSObject, GetAtt, Ref, Sub

from generator import grants
from generator.layers.catalog import CATALOGUE
from generator.layers.search_domain import INDEX, domain_arn
from generator.layers.top_products import ITEM
from generator.naming import kebab
from generator.reindexing import RUN, reindexing
from generator.state_machines import executions_failing, state_machine

if TYPE_CHECKING:
    from generator.layers.search import Search

#: The state machine's logical id, of which its name is made.
REINDEXING = "SearchReindexing"


def reindexing_arn(layer: Search) -> Sub:
    """By its name: who starts it is the master of the domain, which comes before it."""
    return Sub(
        "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${Name}",
        Name=layer.named(kebab(REINDEXING)),
    )


def reindexing_machine(layer: Search) -> AWSObject:
    """The state machine, and the function that does its steps."""
    function = layer.function(
        "SearchReindexer",
        "search_reindexer",
        [
            grants.SearchDomain(domain_arn(layer)).rebuild(INDEX),
            grants.Table(layer.catalogue_table_arn, layer.data_key_arn).walk(),
        ],
        environment={
            "CATALOGUE_TABLE": layer.catalogue_table,
            "ENDPOINT": GetAtt(layer.domain, "DomainEndpoint"),
            "INDEX": INDEX,
            "KEY": CATALOGUE.key,
            "NO_PRODUCT": ITEM,
            "UNINDEXED": Ref(layer.failures),
        },
        environment_key_arn=layer.data_key_arn,
        timeout=RUN,
        memory=512,
        concurrency=2,
    )
    return state_machine(
        layer,
        REINDEXING,
        definition=reindexing(),
        substitutions={"Index": INDEX, "Reindexer": GetAtt(function, "Arn")},
        allows=[grants.Function(GetAtt(function, "Arn")).invoke()],
        data_key_arn=layer.data_key_arn,
        logs_key_arn=layer.logs_key_arn,
    )


def reindexing_alarm(layer: Search) -> AWSObject:
    """An index that was not made."""
    return executions_failing(
        layer,
        layer.reindexing,
        topic=layer.alerts_topic_arn,
        says="The search index was not made anew: the shop searches the old one, or none. Read the "
        "execution's failed state, then start the state machine again.",
    )
