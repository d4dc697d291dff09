"""What a sweep of `make taskcat` removes, and what of that name it leaves to whoever made it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from generator import environments
from scripts import lease_table
from scripts.aws import Aws, connect_endpoint
from scripts.errors import Refused
from scripts.lease import LeaseHeld
from tests.rehearsal.conftest import Sandbox
from tests.taskcat import claims, trials
from tests.taskcat.claims import TAGS
from tests.taskcat.trials import Trial

PARAMS = Path(__file__).parents[2] / "params"
PRIMARY, STANDBY = "us-east-1", "us-west-2"


@dataclass
class Account:
    """An account in which there is nothing yet, and what somebody does there under the trial's name."""

    trial: Trial
    aws: Aws
    sandbox: Sandbox

    def named(self, bucket: str) -> str:
        """A bucket's name that is free: accounts share one space of them."""
        return f"{bucket}-{self.trial.environment.account_id}"

    def client(self, service: str, region: str = PRIMARY) -> Any:
        return self.sandbox.client(service, region, self.trial.environment.account_id)

    def stands(self, bucket: str, tags: Mapping[str, str], *, nested: bool = False) -> str:
        """A stack of the trial's name that keeps a bucket, or has one nested in it that does."""
        name = f"tradewind-{self.trial.environment.name}-edge"
        template: dict[str, Any] = {"Resources": {"Kept": kept(bucket)}}
        if nested:
            s3 = self.client("s3")
            s3.create_bucket(Bucket=self.named("templates"))
            s3.put_object(
                Bucket=self.named("templates"), Key="inner.json", Body=json.dumps(template)
            )
            url = f"https://{self.named('templates')}.s3.us-east-1.amazonaws.com/inner.json"
            inner = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
            template = {"Resources": {"Inner": inner}}
        whose = {
            "Project": "tradewind",
            "Environment": self.trial.environment.name,
            "Root": "edge",
            **tags,
        }
        cloudformation = self.client("cloudformation")
        made: str = cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Tags=tag_list(whose),
        )["StackId"]
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 0.1}
        )
        return made

    def stood(self, bucket: str, tags: Mapping[str, str], *, nested: bool = False) -> None:
        """The same, and it is deleted by now."""
        stack = self.stands(bucket, tags, nested=nested)
        self.client("cloudformation").delete_stack(StackName=stack)
        self.client("cloudformation").get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 0.1}
        )

    def buckets(self) -> set[str]:
        return {one["Name"] for one in self.client("s3").list_buckets()["Buckets"]} - {
            self.named("templates")
        }

    def stack_names(self) -> set[str]:
        stacks = self.client("cloudformation").describe_stacks()["Stacks"]
        return {one["StackName"] for one in stacks}

    def tables(self, region: str = PRIMARY) -> list[str]:
        names: list[str] = self.client("dynamodb", region).list_tables()["TableNames"]
        return names

    def sweep(self) -> tuple[str, ...]:
        with claims.held(self.trial, self.aws) as claim:
            return claim.remove()


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def kept(bucket: str) -> dict[str, Any]:
    return {
        "Type": "AWS::S3::Bucket",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"BucketName": bucket},
    }


_accounts = itertools.count(540000000000)


@pytest.fixture
def account(sandbox: Sandbox) -> Account:
    """dev's trial, in an account of each test's own."""
    dev = replace(environments.read(PARAMS, "dev"), account_id=str(next(_accounts)))
    trial = trials.of(dev)
    return Account(trial, connect_endpoint(trial.environment, sandbox.endpoint), sandbox)


@pytest.mark.parametrize("nested", [False, True])
def test_what_deleted_stacks_kept_goes_only_where_taskcat_made_them(
    account: Account, nested: bool
) -> None:
    """An environment was called so once, and was destroyed: its data is no test's to delete."""
    theirs, ours = account.named("theirs"), account.named("ours")
    account.stood(theirs, {}, nested=nested)
    account.stood(ours, TAGS, nested=nested)
    assert account.buckets() == {theirs, ours}

    assert account.sweep() == ()

    assert account.buckets() == {theirs}


def test_what_another_kept_under_a_name_that_a_test_had_before_stays(account: Account) -> None:
    bucket = account.named("orders")
    account.stood(bucket, TAGS)
    account.sweep()
    account.stood(bucket, {})

    assert account.sweep() == ()

    assert account.buckets() == {bucket}


def test_what_a_stack_of_taskcats_holds_goes_with_it(account: Account) -> None:
    account.stands(account.named("ours"), TAGS)

    assert account.sweep() == ()

    assert account.buckets() == set()
    assert account.stack_names() == set()


def test_beside_a_stack_of_anothers_nothing_is_removed(account: Account) -> None:
    ours, theirs = account.named("ours"), account.named("theirs")
    account.stood(ours, TAGS)
    account.stands(theirs, {})

    with pytest.raises(Refused, match="tradewind-tcdev-edge in us-east-1 was not made by taskcat"):
        account.sweep()

    assert account.buckets() == {ours, theirs}


def test_what_would_go_is_told_before(account: Account) -> None:
    account.stood(account.named("theirs"), {})
    account.stood(account.named("ours"), TAGS)
    account.stands(account.named("other"), TAGS)

    with claims.held(account.trial, account.aws) as claim:
        claim.make_bucket()
        stack, bucket, kept = claim.doomed()

    assert stack.startswith("tradewind-tcdev-edge in us-east-1")
    assert bucket.startswith(account.trial.bucket)
    assert kept.startswith(f"AWS::S3::Bucket {account.named('ours')} in us-east-1")


def test_the_bucket_goes_where_a_test_made_it(account: Account) -> None:
    with claims.held(account.trial, account.aws) as claim:
        claim.make_bucket()
        claim.make_bucket()  # it may be a killed run's
        account.client("s3").put_object(Bucket=account.trial.bucket, Key="dist/x", Body=b"x")
        assert claim.remove() == ()

    assert account.buckets() == set()


@pytest.mark.parametrize("tags", [{}, {"taskcat-project-name": "somebody-elses"}])
def test_a_bucket_of_that_name_that_another_made_stays(
    account: Account, tags: Mapping[str, str]
) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket=account.trial.bucket)
    if tags:
        s3.put_bucket_tagging(Bucket=account.trial.bucket, Tagging={"TagSet": tag_list(tags)})

    with pytest.raises(Refused, match="was not made by taskcat"):
        account.sweep()
    with (
        claims.held(account.trial, account.aws) as claim,
        pytest.raises(Refused, match="was not made by taskcat"),
    ):
        claim.make_bucket()

    assert account.buckets() == {account.trial.bucket}


def test_the_table_of_leases_is_there_for_as_long_as_the_trial_is_held(account: Account) -> None:
    with claims.held(account.trial, account.aws):
        assert account.tables() == ["tradewind-tcdev-leases"]
    assert account.tables() == []


@pytest.mark.parametrize("region", [PRIMARY, STANDBY])
def test_a_table_of_leases_that_another_made_stays(account: Account, region: str) -> None:
    lease_table.make(account.aws, region)

    if region == PRIMARY:
        with pytest.raises(Refused, match="The table tradewind-tcdev-leases in us-east-1"):
            account.sweep()
    else:
        account.sweep()

    assert account.tables(region) == ["tradewind-tcdev-leases"]


def test_a_run_in_progress_is_not_swept(account: Account) -> None:
    with claims.held(account.trial, account.aws):
        account.stands(account.named("ours"), TAGS)
        with pytest.raises(LeaseHeld, match="make taskcat"):
            account.sweep()
        assert account.stack_names() == {"tradewind-tcdev-edge"}
    assert account.sweep() == ()
