"""The one way to AWS: clients by region, their errors as sentences, and the clock.

The only seams are the session (anything with botocore's `create_client`) and the clock. Everything
above gets an `Aws` and cannot tell whether it reaches AWS or an endpoint.

botocore is used without boto3: the resource and transfer layers, which nothing here needs, double the
time of import.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from scripts.errors import Failed, UsageError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
}
_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "AuthorizationErrorException",
}
_THROTTLED = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "SlowDown",
}


class AwsSaidNo(Failed):
    """A call failed. `code` is AWS's error code, empty when no answer came."""

    def __init__(self, message: str, *, code: str = "", detail: str = "", fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.code = code
        self.detail = detail

    @property
    def denied(self) -> bool:
        """Whether the credentials may not do it."""
        return self.code in _DENIED


class Environment(Protocol):
    """What is needed of an environment to reach its account, and to tell its regions apart."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def account_id(self) -> str:
        """The account that it lies in."""

    @property
    def primary_region(self) -> str:
        """The region that takes orders while all is well."""


class Session(Protocol):
    """The seam: how clients are made. botocore.session.Session is one."""

    def create_client(self, service_name: str, region_name: str, **options: Any) -> Any:
        """A client of a service in a region."""


@dataclass
class Clock:
    """Time. `poll` is the pause, in seconds, between two looks at something that AWS works on."""

    poll: float = 2.5

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def pause(self) -> None:
        """Wait until it is worth looking again."""
        self.sleep(self.poll)


@dataclass(frozen=True)
class Identity:
    """Whose credentials these are."""

    account: str
    arn: str

    @property
    def who(self) -> str:
        """The session's or the user's name: the last part of the ARN."""
        return self.arn.rpartition(":")[2].rpartition("/")[2] or self.arn


class Client:
    """A botocore client of one service in one region, whose errors are `AwsSaidNo`."""

    def __init__(self, inner: Any, service: str, region: str) -> None:
        self._inner, self._service, self._region = inner, service, region

    @property
    def endpoint(self) -> str:
        """Whom it calls: AWS's own address, or another one that was given."""
        return str(self._inner.meta.endpoint_url)

    def call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation by its Python name (`describe_stacks`)."""
        with _explained(self._service, self._region):
            answer: dict[str, Any] = getattr(self._inner, operation)(**parameters)
        return answer

    def pages(self, operation: str, key: str, **parameters: Any) -> Iterator[Any]:
        """Every element of `key` over all pages of a paginated operation."""
        with _explained(self._service, self._region):
            for page in self._inner.get_paginator(operation).paginate(**parameters):
                yield from page.get(key, ())


@dataclass
class Aws:
    """An environment's account, through one session.

    `asked_in` is the region that says whose credentials these are; the primary unless told. A `replace` of it
    makes clients of its own.
    """

    session: Session
    environment: Environment
    clock: Clock = field(default_factory=Clock)
    options: dict[str, Any] = field(default_factory=dict)
    asked_in: str = ""
    _clients: dict[tuple[str, str], Client] = field(default_factory=dict, init=False)
    _making: threading.Lock = field(default_factory=threading.Lock, init=False)

    def client(self, service: str, region: str) -> Client:
        """The client of a service in a region; made on first use."""
        key = (service, region)
        with self._making:  # botocore's session does not make clients side by side
            if key not in self._clients:
                self._clients[key] = self._connected(service, region, self.options)
        return self._clients[key]

    @cached_property
    def identity(self) -> Identity:
        """Whose credentials are used. Asked once, in a region that has to answer anyway.

        It is the first call of every command, so it gives up early: without a network nobody should wait
        for minutes to hear so.
        """
        from botocore.config import Config

        hasty = Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=5,
            read_timeout=10,
        )
        usual = self.options.get("config", Config())
        region = self.asked_in or self.environment.primary_region
        sts = self._connected("sts", region, {**self.options, "config": usual.merge(hasty)})
        answer = sts.call("get_caller_identity")
        return Identity(answer["Account"], answer["Arn"])

    def verify_account(self) -> Identity:
        """Refuse credentials of any account but the environment's, before anything else is done."""
        if self.identity.account != self.environment.account_id:
            raise UsageError(
                f"These credentials are of account {self.identity.account} ({self.identity.arn}); "
                f"{self.environment.name} is account {self.environment.account_id}.",
                fix="Pass --profile with a profile of that account, or correct account_id in "
                f"params/{self.environment.name}.yaml.",
            )
        return self.identity

    def _connected(self, service: str, region: str, options: Mapping[str, Any]) -> Client:
        with _explained(service, region):
            made = self.session.create_client(service, region_name=region, **options)
        return Client(made, service, region)


def connect(environment: Environment, profile: str | None = None) -> Aws:
    """The environment's account on AWS, with the credentials of `profile` or of the usual chain."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ProfileNotFound
    from botocore.session import Session as BotocoreSession

    session = BotocoreSession(profile=profile)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        raise UsageError(
            f"There is no AWS profile named {session.profile}.",
            fix=f"Known profiles: {', '.join(session.available_profiles) or 'none'}.",
        ) from error
    except BotoCoreError as error:
        raise UsageError(f"{error}".rstrip(".") + ".", fix="Correct that file.") from error
    config = Config(
        retries={"mode": "adaptive", "total_max_attempts": 10},
        connect_timeout=10,
        read_timeout=60,
        user_agent_extra="tradewind",
    )
    return Aws(session, environment, Clock(), {"config": config})


def connect_endpoint(environment: Environment, url: str) -> Aws:
    """The environment's account as another implementation of AWS's APIs answers for it, at `url`.

    The access key id is the account id, so that accounts are apart from one another; nothing but `url`
    is reached: no proxy, no profile, no file or instance metadata of the user's counts.
    """
    from botocore.config import Config
    from botocore.session import Session as BotocoreSession

    session = BotocoreSession()
    for theirs in ("profile", "config_file", "credentials_file"):
        session.session_var_map[theirs] = (None, None, None, None)
    # An emulator has no rate that a client could find out and keep to: it is asked again, and not less.
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 8},
        connect_timeout=5,
        read_timeout=60,
        s3={"addressing_style": "path"},
        proxies={},
        user_agent_extra="tradewind",
    )
    options = {
        "config": config,
        "endpoint_url": url,
        "aws_access_key_id": environment.account_id,
        "aws_secret_access_key": "endpoint",
    }
    return Aws(session, environment, Clock(poll=0.1), options)


def dns_suffix(region: str) -> str:
    """The domain of AWS's endpoints in the region's partition."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"


@contextmanager
def _explained(service: str, region: str) -> Iterator[None]:
    """Whatever botocore raises in the block, as AwsSaidNo."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except ClientError as error:
        raise _refusal(error, service, region) from error
    except BotoCoreError as error:
        raise _no_answer(error, service, region) from error
    except ResponseParserError as error:
        raise AwsSaidNo(
            f"What answers for {service} in {region} does not speak as AWS does.",
            fix="Look for a proxy or a sign-in page in between, and run the same command again.",
        ) from error


def _refusal(error: ClientError, service: str, region: str) -> AwsSaidNo:
    """AWS's answer as one sentence."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    detail = str(error.response.get("Error", {}).get("Message", "")).strip()
    call = f"{service}:{error.operation_name}"
    if code in _EXPIRED:
        return AwsSaidNo(
            f"AWS does not accept these credentials ({code}, at {call} in {region}).",
            code=code,
            detail=detail,
            fix="Sign in again (aws sso login), or renew the session, and repeat the command.",
        )
    if code in _DENIED:
        return AwsSaidNo(
            f"These credentials may not do {call} in {region}: {detail.rstrip('.') or code}.",
            code=code,
            detail=detail,
            fix="Use a profile that may, or have the action added to its policy.",
        )
    if code in _THROTTLED:
        return AwsSaidNo(
            f"AWS still throttled {call} in {region} after every retry ({code}).",
            code=code,
            detail=detail,
            fix="Wait a minute and run the same command again: it picks up where it stopped.",
        )
    return AwsSaidNo(
        f"{call} in {region} failed: {detail.rstrip('.') or code} ({code}).",
        code=code,
        detail=detail,
    )


def _no_answer(error: BotoCoreError, service: str, region: str) -> Failed:
    """The absence of an answer as one sentence."""
    from botocore import exceptions

    match error:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return AwsSaidNo(
                "No AWS credentials were found.",
                fix="Sign in (aws sso login), or pass --profile; to try without AWS, pass --sandbox.",
            )
        case (
            exceptions.SSOError()
            | exceptions.TokenRetrievalError()
            | exceptions.CredentialRetrievalError()
            | exceptions.LoginRefreshRequired()
        ):
            return AwsSaidNo(
                f"The AWS session cannot be used any more: {error}".rstrip(".") + ".",
                fix="Sign in again (aws sso login) and repeat the command.",
            )
        case exceptions.HTTPClientError() | exceptions.ConnectionError():
            return AwsSaidNo(
                f"{service} in {region} cannot be reached: {error}".rstrip(".") + ".",
                fix="Check the connection and run the same command again: it picks up.",
            )
    return AwsSaidNo(f"{service} in {region} could not be called: {error}".rstrip(".") + ".")
