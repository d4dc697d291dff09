"""Product search: a domain that only our roles reach, and that hears of every change of the catalogue."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.layers.search import Search
from generator.layers.shop_instance import ShopInstance
from generator.layers.top_products import ITEM
from generator.reindexing import reindexing
from tests.unit.generator.standing import of_type, standing
from tests.unit.generator.state_machines import flaws, machine, unfilled
from tests.unit.generator.tiers import unheard

FLEET = "sg-0123456789abcdef0"
DOMAIN = "arn:aws:es:us-east-1:111111111111:domain/tradewind-dev-shop"


@pytest.fixture(scope="module")
def stack() -> Any:
    return standing(Search)


def test_the_domain_is_encrypted_wherever_its_data_is(stack: Any) -> None:
    domain = stack["SearchDomain"]
    assert domain["EncryptionAtRestOptions"]["Enabled"] is True
    assert "key/" in domain["EncryptionAtRestOptions"]["KmsKeyId"]
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"] == {
        "EnforceHTTPS": True,
        "TLSSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10",
    }


def test_nobody_has_a_password_for_the_domain(stack: Any) -> None:
    security = stack["SearchDomain"]["AdvancedSecurityOptions"]
    assert security["Enabled"] is True
    assert security["InternalUserDatabaseEnabled"] is False
    assert set(security["MasterUserOptions"]) == {"MasterUserARN"}


@pytest.mark.parametrize(("zones", "subnets"), [("2", 2), ("3", 3)])
def test_the_domain_has_as_many_subnets_as_zones(zones: str, subnets: int) -> None:
    """OpenSearch Service refuses any other number."""
    domain: Any = standing(Search, availability_zones=zones, search_nodes="6")["SearchDomain"]
    assert domain["ClusterConfig"]["ZoneAwarenessConfig"] == {"AvailabilityZoneCount": zones}
    assert len(domain["VPCOptions"]["SubnetIds"]) == subnets


def test_masters_of_their_own_are_three_or_none() -> None:
    without: Any = standing(Search)["SearchDomain"]["ClusterConfig"]
    assert without["DedicatedMasterEnabled"] is False
    assert not {"DedicatedMasterCount", "DedicatedMasterType"} & set(without)
    having: Any = standing(Search, search_dedicated_masters="true")["SearchDomain"]["ClusterConfig"]
    assert having["DedicatedMasterCount"] == 3


def test_the_name_is_short_enough_for_opensearch() -> None:
    domain = standing(Search, environment="e" * 12)["SearchDomain"]
    assert len(str(domain["DomainName"])) <= 28


def test_only_roles_of_the_environment_are_let_in(stack: Any) -> None:
    (statement,) = stack["SearchDomain"]["AccessPolicies"]["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}
    assert statement["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/tradewind-dev-*"}
    }
    assert statement["Resource"] == [f"{DOMAIN}/*"]
    assert not [action for action in statement["Action"] if "*" in action]


def test_nothing_but_the_fleet_and_the_functions_reaches_the_domain(stack: Any) -> None:
    rules = stack["SearchDoor"]["SecurityGroupIngress"]
    assert rules[0]["SourceSecurityGroupId"] == FLEET
    assert all("CidrIp" not in rule and rule["Description"] for rule in rules)
    assert len(rules) == 2
    assert "SecurityGroupIngress" not in stack["SearchFunctions"]


def test_every_log_is_written_and_one_policy_lets_the_domain_write_them(stack: Any) -> None:
    published = stack["SearchDomain"]["LogPublishingOptions"]
    assert set(published) == {
        "AUDIT_LOGS",
        "ES_APPLICATION_LOGS",
        "INDEX_SLOW_LOGS",
        "SEARCH_SLOW_LOGS",
    }
    (policy,) = of_type(stack, "AWS::Logs::ResourcePolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert sorted(map(str, statement["Resource"])) == sorted(
        str(log["CloudWatchLogsLogGroupArn"]) for log in published.values()
    )
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": DOMAIN},
    }


def test_the_master_says_who_may_and_reads_nothing(stack: Any) -> None:
    reaching = [
        statement
        for statement in stack.statements("SearchAccessRole")
        if any(action.startswith("es:") for action in statement["Action"])
    ]
    assert [(s["Action"], s["Resource"]) for s in reaching] == [
        (["es:ESHttpPut"], [f"{DOMAIN}/_plugins/_security/api/*", f"{DOMAIN}/_index_template/*"]),
        (["es:ESHttpGet"], [f"{DOMAIN}/catalogue-*/_alias"]),
    ]


def test_the_domain_audits_and_says_what_is_slow(stack: Any) -> None:
    """Published logs stay empty until the domain itself is told what to write."""
    told = {path: json.loads(text) for path, text in stack["SearchRoles"]["Settings"].items()}
    audit = told["_plugins/_security/api/audit/config"]
    assert audit["enabled"] is True
    assert "FAILED_LOGIN" not in audit["audit"]["disabled_rest_categories"]
    assert audit["audit"]["log_request_body"] is False
    index = told["_index_template/catalogue"]
    assert index["index_patterns"] == ["catalogue-*"], "the name alone is an alias"
    slow = index["template"]["settings"]
    assert any("search.slowlog" in setting for setting in slow)
    assert any("indexing.slowlog" in setting for setting in slow)


def test_the_fleet_reads_and_the_indexer_writes(stack: Any) -> None:
    roles = stack["SearchRoles"]["Roles"]
    fleet: Any = standing(ShopInstance)["ShopInstance"]
    assert roles["catalogue-reader"]["Bearers"] == [
        f"arn:aws:iam::111111111111:role/{fleet['RoleName']}"
    ]
    actions = {
        name: {
            action
            for permission in role["Permissions"]["index_permissions"]
            for action in permission["allowed_actions"]
        }
        for name, role in roles.items()
    }
    assert actions["catalogue-reader"] == {"read"}
    assert "read" not in actions["catalogue-writer"]


def test_who_writes_makes_no_index(stack: Any) -> None:
    """_bulk would make one by itself, under the alias's name, as soon as the alias is missing."""
    makers = {
        name
        for name, role in stack["SearchRoles"]["Roles"].items()
        for permission in role["Permissions"]["index_permissions"]
        if "create_index" in permission["allowed_actions"]
    }
    assert makers == {"catalogue-maker"}
    (bearer,) = stack["SearchRoles"]["Roles"]["catalogue-maker"]["Bearers"]
    assert bearer.of == "SearchReindexerRole"


def test_every_role_is_for_the_index_by_its_name_and_by_its_alias(stack: Any) -> None:
    for role in stack["SearchRoles"]["Roles"].values():
        for permission in role["Permissions"]["index_permissions"]:
            assert permission["index_patterns"] == ["catalogue", "catalogue-*"]


def test_a_domain_without_an_index_gets_one_from_the_whole_catalogue(stack: Any) -> None:
    assert stack["SearchRoles"]["Index"]["Alias"] == "catalogue"
    assert stack["SearchRoles"]["Index"]["Maker"].of == "SearchReindexing"
    (starts,) = [
        statement
        for statement in stack.statements("SearchAccessRole")
        if "states:StartExecution" in statement["Action"]
    ]
    (arn,) = starts["Resource"]
    assert arn.endswith(f":stateMachine:{stack['SearchReindexing']['StateMachineName']}")


def test_the_walk_has_no_flaw_and_nothing_left_to_fill_in() -> None:
    definition = machine(Search, "SearchReindexing")
    assert flaws(definition) == []
    assert unfilled(definition) == set()


def test_the_walk_goes_on_where_it_was_until_nothing_is_left() -> None:
    states = reindexing()["States"]
    assert states["Walk"]["Arguments"]["Payload"]["start"] == "{% $start %}"
    assert states["Walk"]["Assign"]["start"] == "{% $states.result.Payload.start %}"
    assert states["AnyLeft"]["Choices"][0]["Next"] == "Walk"
    assert states["AnyLeft"]["Default"] == "Switch"


def test_a_domain_that_is_busy_for_hours_does_not_end_the_walk() -> None:
    (retry,) = reindexing()["States"]["Walk"]["Retry"]
    longest = retry["MaxAttempts"] * retry["MaxDelaySeconds"] / 2  # full jitter: half of it, mostly
    assert 2 * 3600 < longest < reindexing()["TimeoutSeconds"]


def test_a_step_waits_longer_than_its_function_runs(stack: Any) -> None:
    for state in reindexing()["States"].values():
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"] > stack["SearchReindexer"]["Timeout"]


def test_the_walk_reads_the_catalogue_and_writes_no_table(stack: Any) -> None:
    actions = {
        action
        for statement in stack.statements("SearchReindexerRole")
        for action in statement["Action"]
        if action.startswith("dynamodb:")
    }
    assert actions == {"dynamodb:Scan"}


def test_the_index_remembers_what_was_deleted_for_longer_than_a_page_takes(stack: Any) -> None:
    """Else a product that is deleted while its page is on the way would come back."""
    template = json.loads(stack["SearchRoles"]["Settings"]["_index_template/catalogue"])
    assert template["template"]["settings"]["index.gc_deletes"] == "1h"
    assert stack["SearchReindexer"]["Timeout"] < 3600


def test_a_catalogue_of_any_attributes_is_no_index_of_any_fields(stack: Any) -> None:
    template = json.loads(stack["SearchRoles"]["Settings"]["_index_template/catalogue"])
    mappings = template["template"]["mappings"]
    assert mappings["dynamic"] is False
    assert {"name", "category", "description"} <= set(mappings["properties"])


def test_the_functions_act_on_the_index_by_their_iam_roles_too(stack: Any) -> None:
    reaching = [
        statement
        for statement in stack.statements("SearchIndexerRole")
        if any(action.startswith("es:") for action in statement["Action"])
    ]
    assert [(s["Action"], s["Resource"]) for s in reaching] == [
        (["es:ESHttpPost"], [f"{DOMAIN}/catalogue/_bulk"]),
        (["es:ESHttpGet"], [f"{DOMAIN}/catalogue-*/_alias"]),
    ]


def test_the_indexer_hears_of_changes_once_it_may_write_them(stack: Any) -> None:
    changes = Search().template.resources["CatalogueChanges"]
    assert changes.resource["DependsOn"] == "SearchRoles"


def test_what_the_domain_refuses_is_tried_again_and_never_lost_in_silence(stack: Any) -> None:
    changes = stack["CatalogueChanges"]
    assert changes["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert changes["BisectBatchOnFunctionError"] is True
    assert 0 < changes["MaximumRecordAgeInSeconds"] < 24 * 3600, "the stream forgets after a day"
    assert changes["MaximumRetryAttempts"] > 0
    assert changes["DestinationConfig"]["OnFailure"]["Destination"]
    assert "SearchUnindexed" in stack


def test_a_list_of_products_is_none(stack: Any) -> None:
    (one,) = stack["CatalogueChanges"]["FilterCriteria"]["Filters"]
    keys = json.loads(one["Pattern"])["dynamodb"]["Keys"]
    assert keys == {"product_id": {"S": [{"anything-but": [ITEM]}]}}


def test_searches_turned_away_are_counted_as_they_come(stack: Any) -> None:
    """The domain's own count only grows: an alarm on it would never end."""
    formula, counted = stack["SearchQueue"]["Metrics"]
    assert counted["MetricStat"]["Metric"]["MetricName"] == "ThreadpoolSearchRejected"
    assert formula["Expression"] == f"DIFF({counted['Id']})"


@pytest.mark.parametrize(("masters", "expression"), [("false", "nodes - 0"), ("true", "nodes - 3")])
def test_masters_do_not_stand_in_for_a_data_node_that_is_gone(
    masters: str, expression: str
) -> None:
    made: Any = standing(Search, search_dedicated_masters=masters, search_nodes="6")
    formula, *_ = made["SearchNodeMissing"]["Metrics"]
    assert formula["Expression"] == expression
    assert str(made["SearchNodeMissing"]["Threshold"]) == "6"


def test_the_standby_indexes_from_its_own_stream() -> None:
    stream = "arn:aws:dynamodb:us-west-2:111111111111:table/tradewind-dev-catalogue/stream/2026"
    changes = standing(Search, "standby", catalogue_stream_arn=stream)["CatalogueChanges"]
    assert changes["EventSourceArn"] == stream


def test_the_tiers_alarm_hears_of_every_other() -> None:
    assert unheard(Search, "SearchTier") == []


def test_a_domain_without_masters_has_no_alarm_on_them(stack: Any) -> None:
    assert "SearchMasterCpu" not in stack
    assert "SearchMasterCpu" in standing(Search, search_dedicated_masters="true")
