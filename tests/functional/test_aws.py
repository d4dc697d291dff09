from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions

from scripts.aws import Aws, AwsSaidNo, connect, connect_endpoint, dns_suffix
from scripts.errors import UsageError
from tests.functional.stubbed import Environment, StubbedSession


def identity(account: str) -> dict[str, str]:
    arn = f"arn:aws:sts::{account}:assumed-role/Operator/ada"
    return {"Account": account, "Arn": arn, "UserId": "AROAX:ada"}


def test_the_environment_s_own_account_is_let_through_and_asked_for_once() -> None:
    session = StubbedSession()
    session.stub("sts").add_response("get_caller_identity", identity("111111111111"))
    aws = session.aws()

    assert aws.verify_account().who == "ada"
    assert aws.verify_account().account == "111111111111"


def test_another_account_is_refused_by_both_names() -> None:
    session = StubbedSession()
    session.stub("sts").add_response("get_caller_identity", identity("222222222222"))

    with pytest.raises(UsageError) as refused:
        session.aws().verify_account()

    assert "account 222222222222" in refused.value.message
    assert "dev is account 111111111111" in refused.value.message
    assert "params/dev.yaml" in refused.value.fix
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("code", "message", "said", "fix"),
    [
        ("ExpiredToken", "The security token is expired", "does not accept", "Sign in again"),
        (
            "AccessDenied",
            "User ada is not authorized to perform that.",
            "may not do cloudformation:DescribeStacks in us-east-1: User ada is not authorized",
            "a profile that may",
        ),
        (
            "Throttling",
            "Rate exceeded",
            "still throttled cloudformation:DescribeStacks",
            "picks up",
        ),
        ("ValidationError", "Stack x is odd", "failed: Stack x is odd (ValidationError).", ""),
    ],
)
def test_a_refusal_is_one_sentence_that_names_the_call(
    code: str, message: str, said: str, fix: str
) -> None:
    session = StubbedSession()
    session.stub("cloudformation").add_client_error("describe_stacks", code, message)

    with pytest.raises(AwsSaidNo) as refused:
        session.aws().client("cloudformation", "us-east-1").call("describe_stacks")

    assert said in refused.value.message
    assert fix in refused.value.fix
    assert refused.value.message.endswith(".")
    assert ".." not in refused.value.message
    assert refused.value.code == code


class Broken:
    """A client of which every call ends in one error."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def describe_stacks(self) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (exceptions.NoCredentialsError(), "No AWS credentials were found."),
        (exceptions.EndpointConnectionError(endpoint_url="http://x"), "cannot be reached"),
        (exceptions.ReadTimeoutError(endpoint_url="http://x"), "cannot be reached"),
        (exceptions.UnauthorizedSSOTokenError(), "cannot be used any more"),
    ],
)
def test_no_answer_is_a_sentence_too(error: Exception, said: str) -> None:
    session = StubbedSession()
    aws = session.aws()
    client = aws.client("cloudformation", "us-east-1")
    client._inner = Broken(error)

    with pytest.raises(AwsSaidNo) as refused:
        client.call("describe_stacks")

    assert said in refused.value.message
    assert refused.value.code == ""


def test_an_endpoint_gets_the_account_as_its_key_and_reaches_nothing_else() -> None:
    aws = connect_endpoint(Environment(), "http://127.0.0.1:1")
    inner = aws.client("s3", "eu-west-1")._inner

    assert inner.meta.endpoint_url == "http://127.0.0.1:1"
    assert inner._get_credentials().access_key == "111111111111"
    assert inner.meta.config.s3["addressing_style"] == "path"
    assert aws.client("s3", "eu-west-1") is aws.client("s3", "eu-west-1")


def test_china_has_a_domain_of_its_own() -> None:
    assert dns_suffix("cn-north-1") == "amazonaws.com.cn"
    assert dns_suffix("us-gov-west-1") == dns_suffix("eu-west-1") == "amazonaws.com"


def test_an_endpoint_is_reached_whatever_the_user_s_own_settings_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "config"
    broken.write_text("[broken")
    monkeypatch.setenv("AWS_PROFILE", "nonesuch")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(broken))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    inner = connect_endpoint(Environment(), "http://127.0.0.1:1").client("sts", "eu-west-1")._inner

    assert inner._endpoint.http_session._proxy_config.proxy_url_for("http://127.0.0.1:1") is None


@pytest.mark.parametrize("given", ["argument", "variable"])
def test_a_profile_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: str
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    if given == "variable":
        monkeypatch.setenv("AWS_PROFILE", "nonesuch")

    with pytest.raises(UsageError, match="no AWS profile named nonesuch"):
        connect(Environment(), "nonesuch" if given == "argument" else None)


def test_a_broken_configuration_of_aws_is_the_user_s_to_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[broken")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)

    with pytest.raises(UsageError, match="Unable to parse config file"):
        connect(Environment())


def test_aws_is_asked_less_when_it_throttles_and_an_endpoint_is_asked_again() -> None:
    """botocore's adaptive mode holds calls back on this side once AWS has said that they are too many."""
    at_aws = connect(Environment()).client("cloudformation", "eu-west-1")._inner.meta.config
    elsewhere = connect_endpoint(Environment(), "http://127.0.0.1:1")
    at_endpoint = elsewhere.client("cloudformation", "eu-west-1")._inner.meta.config

    assert at_aws.retries == {"mode": "adaptive", "total_max_attempts": 10}
    assert at_endpoint.retries["total_max_attempts"] == 8


def test_the_first_call_goes_to_the_primary_region_and_gives_up_early(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session, asked = StubbedSession(), list[tuple[str, Any]]()
    session.stub("sts", "cn-north-1").add_response("get_caller_identity", identity("111111111111"))
    create = session.create_client

    def watched(service_name: str, region_name: str, **options: Any) -> Any:
        asked.append((region_name, options["config"]))
        return create(service_name, region_name)

    monkeypatch.setattr(session, "create_client", watched)
    aws = Aws(session, Environment(primary_region="cn-north-1"))

    aws.verify_account()

    [(region, config)] = asked
    assert region == "cn-north-1"
    assert config.retries["total_max_attempts"] * config.connect_timeout <= 15
