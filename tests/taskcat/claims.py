"""A trial's name on an account: who has it, what carries it, and how all of that goes.

A name proves nothing: another checkout may have an environment that is called so. So only that is touched
which says by its tag that a test made it: the table of leases, the bucket, stacks that stand, and stacks that
are deleted and kept something.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from generator.environments import Environment
from generator.naming import PREFIX
from scripts import deploy_lease, inventory, lease_table
from scripts.aws import Aws, AwsSaidNo
from scripts.deploy import purge, waves
from scripts.deploy.teardown import Teardown
from scripts.errors import Refused
from scripts.events import Event, ResourceRetained
from scripts.inventory import Stack
from scripts.lease import Lease
from tests.taskcat.trials import Trial

#: Where taskcat keeps what it uploads, wherever its tests run.
BUCKET_REGION = "us-east-1"

#: The tag by which taskcat tells its stacks from others; nested stacks inherit it. We put it on the rest.
TAGS = {"taskcat-project-name": PREFIX}


@dataclass(frozen=True)
class Claim:
    """A trial that nobody else runs or sweeps for as long as `lease` is held."""

    trial: Trial
    aws: Aws
    lease: Lease

    @property
    def environment(self) -> Environment:
        """What is tested."""
        return self.trial.environment

    def standing(self) -> tuple[Stack, ...]:
        """The stacks that stand. Raises Refused where taskcat did not make one of them."""
        stacks = [one for at in self.environment.regions for one in inventory.roots(self.aws, at)]
        for stack in stacks:
            if not TAGS.items() <= stack.tags.items():
                raise _not_ours(f"{stack.name} in {stack.region}")
        return tuple(stacks)

    def has_bucket(self) -> bool:
        """Whether the bucket that taskcat uploads to is there. Raises Refused where it is another's."""
        s3 = self.aws.client("s3", BUCKET_REGION)
        try:
            said = s3.call("get_bucket_tagging", Bucket=self.trial.bucket)["TagSet"]
        except AwsSaidNo as error:
            if error.code == "NoSuchBucket":
                return False
            if error.code != "NoSuchTagSet":
                raise
            said = []
        if not TAGS.items() <= {tag["Key"]: tag["Value"] for tag in said}.items():
            raise _not_ours(f"The bucket {self.trial.bucket}")
        return True

    def make_bucket(self) -> None:
        """Have the bucket that taskcat uploads to. Raises Refused where one of its name is another's."""
        if self.has_bucket():
            return
        s3 = self.aws.client("s3", BUCKET_REGION)
        s3.call("create_bucket", Bucket=self.trial.bucket)
        tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        s3.call("put_bucket_tagging", Bucket=self.trial.bucket, Tagging={"TagSet": tags})

    def doomed(self) -> tuple[str, ...]:
        """What `remove` would remove, a line each. Raises Refused as it does."""
        stacks = [f"{one.name} in {one.region}, and what it holds" for one in self.standing()]
        bucket = [f"{self.trial.bucket}, and what it holds"] if self.has_bucket() else []
        kept = [
            f"{one.type} {one.physical_id} in {region}, if it is still there: a deleted stack kept it"
            for region in self.environment.regions
            for one in purge.skipped(self.aws, region, TAGS)
        ]
        return (*stacks, *bucket, *kept)

    def remove(self) -> tuple[str, ...]:
        """Remove all that tests made under the name, stacks first; gives what cannot be removed.

        Raises Refused where something of that name was not made by taskcat, before anything is removed.
        """
        events = list(self._removal())
        return tuple(
            f"{event.type} {event.physical_id} in {event.region}"
            for event in events
            if isinstance(event, ResourceRetained)
        )

    def _removal(self) -> Iterator[Event]:
        standing, has_bucket = self.standing(), self.has_bucket()
        places = [(stack.root, stack.region) for stack in standing]
        order = waves.tear_down(places, self.environment.places)
        regions = self.environment.regions
        yield from Teardown(self.aws, self.lease, order, regions, purging=True, tags=TAGS).run()
        if has_bucket:
            path, bucket = ("taskcat",), self.trial.bucket
            yield from purge.delete(
                self.aws, ResourceRetained(BUCKET_REGION, path, "AWS::S3::Bucket", bucket)
            )


@contextmanager
def held(trial: Trial, aws: Aws) -> Iterator[Claim]:
    """Have a trial for the length of a block; its table of leases is there for as long.

    Raises Refused where that table is another's, LeaseHeld where another run or sweep has the trial.
    """
    region = trial.environment.primary_region
    tags = lease_table.tags(aws, region)
    if tags is not None and not TAGS.items() <= tags.items():
        raise _not_ours(f"The table {lease_table.name(trial.environment.name)} in {region}")
    lease_table.make(aws, region, TAGS)
    with deploy_lease.held(aws, trial.environment, "make taskcat") as lease:
        try:
            yield Claim(trial, aws, lease)
        finally:
            lease.confirm()
            lease_table.delete(aws, region)


def _not_ours(what: str) -> Refused:
    return Refused(
        f"{what} was not made by taskcat: it stays, and no test runs beside it.",
        fix="Whoever made it may remove it. Environments must not be called as trials are.",
    )
