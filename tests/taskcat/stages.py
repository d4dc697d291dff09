"""Where the tests run: on a sandbox of their own, or on an account that somebody named."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from generator.environments import Environment
from scripts import aws
from scripts.aws import Aws
from scripts.errors import Refused, UsageError
from scripts.sandbox import process
from tests.taskcat.trials import Trial, as_guest

#: What a test of taskcat's must not inherit: an endpoint, a profile, a proxy of somebody else's.
_OURS = ("PATH", "LANG", "TZ", "SYSTEMROOT", "TMPDIR")


@dataclass(frozen=True)
class Stage:
    """What the run is told of its place.

    `variables` are those of taskcat's process; `profile` names the credentials that it uses for a trial.
    """

    name: str
    trials: tuple[Trial, ...]
    variables: Mapping[str, str]
    connect: Callable[[Environment], Aws]
    profile: Callable[[Environment], str]


@contextmanager
def sandbox(trials: Sequence[Trial], home: Path) -> Iterator[Stage]:
    """An embedded AWS of this run's own, stopped however the run ends. `home` is an empty directory."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    state = home / "sandbox"
    try:
        running = process.start(state, _free_port())
        for trial in trials:
            process.bring_along(running, trial.environment.account_id, *trial.hosted_zone)
        yield Stage(
            "sandbox",
            tuple(trials),
            {**_inherited(_OURS), **_reaching(running.url, trials, home), "TASKCAT_POLL": "0.2"},
            lambda environment: aws.connect_endpoint(environment, running.url),
            lambda environment: environment.name,
        )
    finally:
        process.stop(state)
        signal.signal(signal.SIGTERM, before)


def on_aws(trials: Sequence[Trial], account: str) -> Stage:
    """The account that was named, with the credentials of the environment's usual chain.

    Raises UsageError where no environment is that account's, Refused where the credentials are another's.
    """
    theirs = tuple(as_guest(trial) for trial in trials if trial.environment.account_id == account)
    if not theirs:
        accounts = sorted({trial.environment.account_id for trial in trials})
        raise UsageError(
            f"No environment is account {account or '(none was named)'}.",
            fix=f"Name one of {', '.join(accounts)}: make taskcat ON=aws ACCOUNT={accounts[0]}",
        )
    reached = aws.connect(theirs[0].environment)
    if reached.identity.account != account:
        raise Refused(
            f"These credentials are of account {reached.identity.account}, not of {account}.",
            fix="Sign in to that account, or set AWS_PROFILE.",
        )
    return Stage(
        _called(reached),
        theirs,
        dict(os.environ),
        aws.connect,
        lambda _: os.environ.get("AWS_PROFILE", "default"),
    )


def _called(reached: Aws) -> str:
    """`aws`, and whom that is, where variables or a profile send its calls elsewhere."""
    region = reached.environment.primary_region
    endpoint = reached.client("cloudformation", region).endpoint
    host = urlsplit(endpoint).hostname or ""
    return "aws" if host.endswith(f".{aws.dns_suffix(region)}") else f"aws at {endpoint}"


def only(stage: Stage, names: Sequence[str]) -> Stage:
    """The same with some of its trials. Raises UsageError for a name that none has."""
    known = [trial.environment.name for trial in stage.trials]
    for name in names:
        if name not in known:
            raise UsageError(f"There is no trial {name}.", fix=f"There are {', '.join(known)}.")
    chosen = (trial for trial in stage.trials if not names or trial.environment.name in names)
    return replace(stage, trials=tuple(chosen))


def _reaching(url: str, trials: Sequence[Trial], home: Path) -> dict[str, str]:
    """How boto3 comes to the sandbox: a profile for each account, whose id is the access key."""
    keys = home / "credentials"
    keys.write_text(
        "".join(
            f"[{trial.environment.name}]\naws_access_key_id = {trial.environment.account_id}\n"
            "aws_secret_access_key = endpoint\n"
            for trial in trials
        ),
        encoding="utf-8",
    )
    return {
        "HOME": str(home),
        "AWS_ENDPOINT_URL": url,
        "AWS_SHARED_CREDENTIALS_FILE": str(keys),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": process.HOST,
    }


def _inherited(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((process.HOST, 0))
        port: int = probe.getsockname()[1]
        return port
