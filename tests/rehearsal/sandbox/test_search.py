"""A new search domain finds the whole catalogue, and every change after it, whatever is killed on the way."""

from __future__ import annotations

import itertools
import json
import os
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from generator.layers.search_access import BEGINNING
from generator.reindexing import reindexing
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.running import Account, until
from tests.rehearsal.sandbox.shipped import ended, function, run, state_machine
from tests.rehearsal.sandbox.stacks import Account as Stacks
from tests.rehearsal.sandbox.stacks import output, template

_accounts = itertools.count(540000000000 + os.getpid() % 100000 * 1000)

DOMAIN = {
    "Type": "AWS::OpenSearchService::Domain",
    "Properties": {"DomainName": "shop", "EngineVersion": "OpenSearch_3.5"},
}

#: Is killed the first time that each step is asked of it, when the step is done.
MORTAL = """
import os, signal
import search_reindexer

def handler(event, context):
    done = search_reindexer.handler(event, context)
    if not os.path.exists(mark := f"{os.environ['MARKS']}/{event['step']}"):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return done
"""


class Search:
    """The domain, the catalogue, the functions between them, and the machine that makes the index."""

    def __init__(self, sandbox: Sandbox, number: str, wrapped: str = "", **more: str) -> None:
        self.account = Account(sandbox, number)
        self.stacks = Stacks(sandbox, number)
        made = self.stacks.create(
            "domain",
            template(
                {"Domain": DOMAIN},
                Outputs={"Host": output({"Fn::GetAtt": ["Domain", "DomainEndpoint"]})},
            ),
        )
        (told,) = made["Outputs"]
        self.host = told["OutputValue"]
        self.stream = self.account.client("dynamodb").create_table(
            TableName="catalogue",
            AttributeDefinitions=[{"AttributeName": "product_id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "product_id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )["TableDescription"]["LatestStreamArn"]
        self.environment = {
            "AWS_REGION": self.account.region,
            "CATALOGUE_TABLE": "catalogue",
            "ENDPOINT": self.host,
            "INDEX": "catalogue",
            "KEY": "product_id",
            "NO_PRODUCT": "top-products",
            "UNINDEXED": self.account.notes(),
            **more,
        }
        maker = function(self.account, "search_reindexer", self.environment, wrapped=wrapped)
        self.machine = state_machine(
            self.account, "reindexing", reindexing(), Index="catalogue", Reindexer=maker
        )

    def put(self, product: str, **texts: str) -> None:
        item = {"product_id": {"S": product}, **{name: {"S": said} for name, said in texts.items()}}
        self.account.client("dynamodb").put_item(TableName="catalogue", Item=item)

    def follow(self) -> None:
        """Have the indexer read the stream."""
        function(self.account, "search_indexer", self.environment)
        self.account.client("lambda").create_event_source_mapping(
            EventSourceArn=self.stream,
            FunctionName="search_indexer",
            StartingPosition="LATEST",
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The domain's answer."""
        sandbox = urlsplit(self.account.sandbox.endpoint)
        assert sandbox.hostname
        connection = HTTPConnection(sandbox.hostname, sandbox.port)
        scope = f"{self.account.number}/20261127/{self.account.region}/es/aws4_request"
        headers = {
            "Host": self.host,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        }
        connection.request(method, path, json.dumps(body or {}), headers)
        told = json.load(connection.getresponse())
        connection.close()
        return told

    def found(self, words: str) -> list[str]:
        """As the shop asks."""
        fields = ["name^3", "category^2", "description"]
        query = {"multi_match": {"query": words, "fields": fields}}
        told = self.ask("POST", "/catalogue/_search", {"query": query, "size": 48})
        return [hit["_id"] for hit in told.get("hits", {}).get("hits", ())]

    def indices(self) -> dict[str, Any]:
        """Every index, with its aliases."""
        told: dict[str, Any] = self.ask("GET", "/catalogue-*/_alias")
        return told


@pytest.fixture
def number() -> str:
    return str(next(_accounts))


def test_a_bootstrap_makes_the_index_and_changes_follow(sandbox: Sandbox, number: str) -> None:
    """The catalogue is older than anything that the stream still tells."""
    search = Search(sandbox, number)
    for n in range(30):
        search.put(f"p{n:02}", name=f"mug {n}", category="kitchen")
    search.put("top-products", name="mug")
    access = function(search.account, "search_access", search.environment)
    roles = {
        "Type": "AWS::CloudFormation::CustomResource",
        "Properties": {
            "ServiceToken": access,
            "ServiceTimeout": 60,
            "Endpoint": search.host,
            "Roles": {"reader": {"Permissions": {}, "Bearers": ["arn:aws:iam::1:role/shop"]}},
            "Settings": {"_index_template/catalogue": json.dumps(BEGINNING)},
            "Index": {"Alias": "catalogue", "Maker": search.machine},
        },
    }
    made = search.stacks.create("roles", template({"Roles": roles}))
    assert made["StackStatus"] == "CREATE_COMPLETE"
    states = search.account.client("stepfunctions")
    (execution,) = states.list_executions(stateMachineArn=search.machine)["executions"]
    assert execution["name"].startswith("first-")
    told = ended(search.account, execution["executionArn"])
    assert json.loads(told["output"])["indexed"] == 30
    assert len(search.found("mug")) == 30
    search.follow()
    search.put("p00", name="teapot")
    search.account.client("dynamodb").delete_item(
        TableName="catalogue", Key={"product_id": {"S": "p01"}}
    )
    until(lambda: search.found("teapot") == ["p00"])
    until(lambda: len(search.found("mug")) == 28)


@pytest.mark.usefixtures("fast")
def test_a_walk_whose_function_is_killed_at_each_step_comes_to_its_end(
    sandbox: Sandbox, number: str, tmp_path: Path
) -> None:
    search = Search(sandbox, number, MORTAL, MARKS=str(tmp_path))
    search.ask("PUT", "/_index_template/catalogue", BEGINNING)
    search.put("p1", name="mug")
    told = run(search.account, search.machine)
    assert told["status"] == "SUCCEEDED", told
    assert sorted(mark.name for mark in tmp_path.iterdir()) == ["begin", "switch", "walk"]
    assert search.found("mug") == ["p1"]
    assert [about["aliases"] for about in search.indices().values()] == [{"catalogue": {}}]


def test_the_next_walk_takes_the_olds_place(sandbox: Sandbox, number: str) -> None:
    search = Search(sandbox, number)
    search.ask("PUT", "/_index_template/catalogue", BEGINNING)
    search.put("p1", name="mug")
    assert run(search.account, search.machine)["status"] == "SUCCEEDED"
    (before,) = search.indices()
    search.put("p2", name="mug")
    assert run(search.account, search.machine)["status"] == "SUCCEEDED"
    (after,) = search.indices()
    assert before != after
    assert search.found("mug") == ["p1", "p2"]
