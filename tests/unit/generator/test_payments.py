"""Payments are asked for from inside the VPC, and by token: no card number passes or is written down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from generator import payment_api
from generator.layers.payment_firewall import PaymentFirewall
from generator.layers.payment_requests import PaymentRequests
from generator.layers.payments import Payments
from generator.layers.shop_instance import ShopInstance
from generator.order_events import ORDER_ID
from generator.payment_api import AUTHORIZE, VOID, Request
from tests.unit.generator.resolved import Made
from tests.unit.generator.standing import of_type, standing
from tests.unit.generator.tiers import unheard
from tests.unit.runtime.loading import execution_environment

CARDS = ("4111111111111111", "4111-1111-1111-1111", "4111 1111 1111 1111", "378282246310005")

GOOD = {
    "order_id": "11111111-2222-4333-8444-555555555555",
    "payment_token": "tok_a1B2c3D4e5F6g7H8",
    "total": 1000,
    "currency": "EUR",
}


@pytest.fixture(scope="module")
def api() -> Made:
    return standing(PaymentRequests)


@pytest.fixture(scope="module")
def made() -> Made:
    return standing(Payments)


def admits(request: Request, body: Mapping[str, Any]) -> bool:
    """As API Gateway reads the model, of which these few words are all."""
    model = request.model()
    fields = model["properties"]
    if set(model["required"]) - set(body) or set(body) - set(fields):
        return False
    assert model["additionalProperties"] is False
    return all(fits(fields[name], value) for name, value in body.items())


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    match schema:
        case {"type": "string", "pattern": pattern}:
            return isinstance(value, str) and re.search(pattern, value) is not None
        case {"type": "integer", "minimum": least, "maximum": most}:
            return isinstance(value, int) and least <= value <= most
    raise AssertionError(f"a schema that this test cannot read: {schema}")


def test_a_token_passes() -> None:
    assert admits(AUTHORIZE, GOOD)
    assert admits(VOID, {"order_id": GOOD["order_id"]})


@pytest.mark.parametrize("card", [*CARDS, *(f"tok_{card}" for card in CARDS)])
@pytest.mark.parametrize("field", ["payment_token", "order_id", "currency", "card_number"])
def test_no_card_number_passes_in_any_field(field: str, card: str) -> None:
    assert not admits(AUTHORIZE, {**GOOD, field: card})
    assert not admits(VOID, {"order_id": GOOD["order_id"], field: card})


@pytest.mark.parametrize("card", CARDS)
def test_no_card_number_passes_as_an_amount(card: str) -> None:
    digits = re.sub(r"\D", "", card)
    assert not admits(AUTHORIZE, {**GOOD, "total": int(digits)})
    assert not admits(AUTHORIZE, {**GOOD, "total": card})


@pytest.mark.parametrize("missing", GOOD)
def test_nothing_may_be_left_out(missing: str) -> None:
    assert not admits(AUTHORIZE, {key: value for key, value in GOOD.items() if key != missing})


def test_the_function_and_the_model_admit_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    shapes = execution_environment("payment_authorization").SHAPES
    assert set(shapes) == set(AUTHORIZE.fields)
    assert f"^{shapes['payment_token']}$" == payment_api.TOKEN_SHAPE
    assert f"^{shapes['order_id']}$" == ORDER_ID
    assert f"^{execution_environment('payment_void').ORDER_ID}$" == ORDER_ID
    for total in (1, 999_999_999, 0, 1_000_000_000):
        said = re.fullmatch(shapes["total"], str(total)) is not None
        assert said is admits(AUTHORIZE, {**GOOD, "total": total})


def test_the_api_is_private_to_its_endpoint_and_refuses_everyone_else(api: Made) -> None:
    configuration = api["Api"]["EndpointConfiguration"]
    assert configuration["Types"] == ["PRIVATE"]
    (elsewhere,) = (s for s in api["Api"]["Policy"]["Statement"] if s["Effect"] == "Deny")
    endpoint = elsewhere["Condition"]["StringNotEquals"]["aws:SourceVpce"]
    assert endpoint == configuration["VpcEndpointIds"][0]
    assert elsewhere["Principal"] == "*"
    (ours,) = (s for s in api["Api"]["Policy"]["Statement"] if s["Effect"] == "Allow")
    assert ours["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}


def test_every_method_is_signed_and_validated_whatever_the_content_type(api: Made) -> None:
    methods = of_type(api, "AWS::ApiGateway::Method")
    assert len(methods) == 2
    for method in methods.values():
        assert method["AuthorizationType"] == "AWS_IAM"
        assert set(method["RequestModels"]) == {"application/json", "$default"}
        assert method["RequestValidatorId"]
        assert method["Integration"]["PassthroughBehavior"] == "NEVER"
    assert api["Checked"]["ValidateRequestBody"] in (True, "true")


def test_nothing_that_lambda_says_of_a_failure_is_passed_on(api: Made) -> None:
    for method in of_type(api, "AWS::ApiGateway::Method").values():
        for answer in method["Integration"]["IntegrationResponses"]:
            if "SelectionPattern" in answer:
                (said,) = answer["ResponseTemplates"].values()
                assert set(json.loads(said)) == {"error"}


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("of another shape", "409"),
        ("of another price", "409"),
        ("voided", "409"),
        ("payment_processor_url is empty", "503"),
        ("2026-11-23T08:00:00Z Task timed out after 30.00 seconds", "503"),
        ("several\nlines", "503"),
    ],
)
def test_every_failure_has_a_status(api: Made, message: str, status: str) -> None:
    answers = api["AuthorizationMethod"]["Integration"]["IntegrationResponses"]
    found = [
        answer["StatusCode"]
        for answer in answers
        if re.fullmatch(answer.get("SelectionPattern", "(?!)"), message)
    ]
    assert found[0] == status


def test_no_log_holds_a_body_a_header_or_a_query(api: Made) -> None:
    (settings,) = api["Live"]["MethodSettings"]
    assert settings["DataTraceEnabled"] in (False, "false")
    assert settings["LoggingLevel"] == "ERROR"
    logged = " ".join(json.loads(api["Live"]["AccessLogSetting"]["Format"]).values())
    for word in ("body", "header", "querystring", "input", "authorizer", "validationError"):
        assert word not in logged


def test_the_logs_are_under_our_key_and_do_not_stay_for_ever(api: Made) -> None:
    groups = of_type(api, "AWS::Logs::LogGroup")
    assert set(groups) == {"RequestLog", "ErrorLog"}
    for group in groups.values():
        assert "key/" in group["KmsKeyId"]
        assert group["RetentionInDays"]


def test_an_answer_is_never_cached_and_requests_are_traced_and_throttled(api: Made) -> None:
    (settings,) = api["Live"]["MethodSettings"]
    assert settings["CachingEnabled"] in (False, "false")
    assert api["Live"]["CacheClusterEnabled"] in (False, "false")
    assert api["Live"]["TracingEnabled"] in (True, "true")
    assert 0 < int(settings["ThrottlingRateLimit"]) <= int(settings["ThrottlingBurstLimit"])


def deployment() -> str:
    (title,) = of_type(standing(PaymentRequests), "AWS::ApiGateway::Deployment")
    return title


def test_a_change_of_the_api_is_a_new_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = deployment()
    assert deployment() == before
    monkeypatch.setitem(VOID.fields, "reason", {"type": "string"})
    assert deployment() != before


def test_only_whoever_is_in_the_clients_group_reaches_the_endpoint(api: Made) -> None:
    (rule,) = api["PaymentDoor"]["SecurityGroupIngress"]
    assert rule["SourceSecurityGroupId"] == api.outputs["PaymentClientGroupId"]
    assert (rule["FromPort"], rule["ToPort"]) in ((443, 443), ("443", "443"))
    assert "CidrIp" not in rule


@pytest.mark.parametrize("there", ["true", "false"])
def test_the_fleet_may_ask_for_authorisations_where_the_api_is(there: str) -> None:
    stack = standing(ShopInstance, payment_api=there)
    (role,) = (r for r in of_type(stack, "AWS::IAM::Role") if "Instance" in r)
    granted = [
        resource
        for statement in stack.statements(role)
        if statement["Action"] == ["execute-api:Invoke"]
        for resource in statement["Resource"]
    ]
    if there == "true":
        assert [arn.rsplit("/", 2)[1:] for arn in granted] == [["POST", "authorizations"]]
    else:
        assert not [arn for arn in granted if "a1b2c3d4e5" in arn]


def test_the_web_acl_stands_on_the_api_and_its_log_is_redacted() -> None:
    firewall = standing(PaymentFirewall)
    association = standing(PaymentRequests, payment_api="true", waf="true")["LiveBehindAcl"]
    assert association["WebACLArn"] == PaymentFirewall.payments_acl_arn.example
    assert "Api" in association["ResourceArn"].of
    redacted = firewall["PaymentsAclLogging"]["RedactedFields"]
    assert "authorization" in {field["SingleHeader"]["Name"] for field in redacted}


def test_an_order_is_remembered_in_both_regions_and_only_the_primary_declares_the_table() -> None:
    table = standing(Payments)["PaymentsTable"]
    assert [replica["Region"] for replica in table["Replicas"]] == ["us-east-1", "us-west-2"]
    for replica in table["Replicas"]:
        assert "key/" in replica["SSESpecification"]["KMSMasterKeyId"]
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] in (
            True,
            "true",
        )
    assert table["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    assert "PaymentsTable" not in standing(Payments, "standby")


def test_the_key_is_named_and_never_held(made: Made) -> None:
    for title in ("PaymentAuthorization", "PaymentVoid"):
        function = made[title]
        assert function["Environment"]["Variables"]["SECRET"].startswith("arn:aws:secretsmanager:")
        assert function["VpcConfig"]["SubnetIds"]
        assert int(function["ReservedConcurrentExecutions"]) > 0


def test_what_the_api_lets_through_in_a_second_may_run(made: Made) -> None:
    """An answer of the processor takes about one; who finds no room is answered 5XX while he waits."""
    (settings,) = standing(PaymentRequests)["Live"]["MethodSettings"]
    parallel = made["PaymentAuthorization"]["ReservedConcurrentExecutions"]
    assert int(parallel) >= int(settings["ThrottlingRateLimit"])


def test_only_the_payment_functions_read_the_processors_key() -> None:
    reading = [
        title
        for title in of_type(standing(Payments), "AWS::IAM::Role")
        if "payment-processor" in str(standing(Payments).statements(title))
    ]
    assert sorted(reading) == ["PaymentAuthorizationRole", "PaymentVoidRole"]


def test_every_alarm_is_heard() -> None:
    assert unheard(Payments, "PaymentsTier") == []
    assert unheard(PaymentRequests, "PaymentRequestsTier") == []
