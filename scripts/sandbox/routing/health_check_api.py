"""CreateHealthCheck, UpdateHealthCheck and DeleteHealthCheck, as strict as AWS; and how a check is told.

ministack takes any configuration, merges any update, knows no HealthCheckVersion, and tells `True` where a
client reads false. What stands here replaces its functions, so that stacks meet the same rules as clients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from scripts.sandbox import seams
from scripts.sandbox.clock import CLOCK
from scripts.sandbox.json_api import problems
from scripts.sandbox.routing import health_check_rules as rules
from scripts.sandbox.routing.pages import NEWS
from scripts.sandbox.routing.survey import CHECKS
from scripts.sandbox.seams import Kind, Seam

JSON = dict[str, Any]
Answer = tuple[int, dict[str, str], bytes]

_ROUTE53 = "ministack.services.route53"
_USED_BY = "health checks that AWS would refuse"


def _function(name: str, *parameters: str) -> Seam:
    return Seam(_ROUTE53, name, parameters=parameters, used_by=_USED_BY)


CREATE = _function("_create_health_check", "body")
UPDATE = _function("_update_health_check", "hc_id", "body")
DELETE = _function("_delete_health_check", "hc_id")
DESCRIBE = _function("_build_health_check_el", "parent", "hc")
CHANGE_RECORDS = _function("_change_resource_record_sets", "zone_id", "body")
NEW_ID = _function("_hc_id")
PARSE = _function("_parse_body", "body")
XML = _function("_xml_response", "root_tag", "builder_fn", "status")
REFUSED = _function("_error_response", "code", "message", "status")
REFERENCES = Seam(_ROUTE53, "_hc_caller_refs", kind=Kind.MAPPING, used_by=_USED_BY)
ALARMS = Seam("ministack.services.cloudwatch", "_alarms", kind=Kind.MAPPING, used_by=_USED_BY)
ACCOUNT = Seam("ministack.core.responses", "get_account_id", parameters=(), used_by=_USED_BY)

SEAMS = (
    *(CREATE, UPDATE, DELETE, DESCRIBE, CHANGE_RECORDS, NEW_ID, PARSE, XML, REFUSED),
    *(REFERENCES, ALARMS, ACCOUNT),
)

#: What of an alarm a check keeps.
_STREAM = (
    *("EvaluationPeriods", "Threshold", "ComparisonOperator", "Period", "MetricName"),
    *("Namespace", "Statistic", "Dimensions"),
)


class Refusal(Exception):
    """What AWS refuses, by its code; `status` is the HTTP status that botocore's model says."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def install() -> None:
    """Take the place of ministack's functions."""
    change_records = CHANGE_RECORDS.value

    def create(body: bytes) -> Answer:
        return _answered(lambda: _create(body))

    def update(hc_id: str, body: bytes) -> Answer:
        return _answered(lambda: _update(hc_id, body))

    def delete(hc_id: str) -> Answer:
        return _answered(lambda: _delete(hc_id))

    def change(zone_id: str, body: bytes) -> Answer:
        answer: Answer = change_records(zone_id, body)
        NEWS.tell()
        return answer

    CREATE.replace(create)
    UPDATE.replace(update)
    DELETE.replace(delete)
    CHANGE_RECORDS.replace(change)
    DESCRIBE.replace(_describe)


def _answered(act: Any) -> Answer:
    try:
        answer: Answer = act()
    except Refusal as refusal:
        refused: Answer = REFUSED.value(refusal.code, refusal.message, refusal.status)
        return refused
    NEWS.tell()
    return answer


def _create(body: bytes) -> Answer:
    said = _read("CreateHealthCheck", body)
    reference, config = said["CallerReference"], rules.with_defaults(said["HealthCheckConfig"])
    if config["Type"] == "RECOVERY_CONTROL":
        raise Refusal("SandboxDoesNotImplement", "The sandbox has no routing controls.", 501)
    if reference in REFERENCES.value:
        existing = CHECKS.value.get(REFERENCES.value[reference])
        if existing is None or existing["config"] != config:
            raise Refusal(
                "HealthCheckAlreadyExists",
                f"A health check with the caller reference {reference} exists, or did, and differs.",
                409,
            )
        return _told("CreateHealthCheckResponse", existing, 201)
    check = {"id": NEW_ID.value(), "caller_reference": reference, "version": 1}
    check["created"] = CLOCK.time()
    _set(check, config)
    CHECKS.value[check["id"]] = check
    REFERENCES.value[reference] = check["id"]
    return _told("CreateHealthCheckResponse", check, 201)


def _update(check_id: str, body: bytes) -> Answer:
    check = _known(check_id)
    said = _read("UpdateHealthCheck", body)
    version = said.pop("HealthCheckVersion", check["version"])
    if version != check["version"]:
        raise Refusal(
            "HealthCheckVersionMismatch",
            f"The health check has version {check['version']}, and not {version}.",
            409,
        )
    was = check["config"]
    config = {**was}
    for name in said.pop("ResetElements", ()):
        config.pop(name, None)
    config |= said
    if ("IPAddress" in was) is not ("IPAddress" in config):
        raise _invalid("IPAddress can be changed, and neither added nor removed.")
    _set(check, config)
    check["version"] += 1
    return _told("UpdateHealthCheckResponse", check)


def _delete(check_id: str) -> Answer:
    """Its caller reference stays taken, as AWS says."""
    _known(check_id)
    del CHECKS.value[check_id]
    answer: Answer = XML.value("DeleteHealthCheckResponse", lambda _root: None)
    return answer


def _set(check: JSON, config: JSON) -> None:
    """Give a check a configuration. Raises Refusal, and changes nothing then."""
    account = ACCOUNT.value()

    def alarm(named: Mapping[str, str]) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = seams.everywhere(ALARMS).get(
            (account, named["Region"], named["Name"])
        )
        return found

    refused = rules.problem(config, lambda child: child in CHECKS.value, alarm)
    if refused is not None:
        raise _invalid(refused)
    check["config"] = config
    if config["Type"] == "CLOUDWATCH_METRIC":
        found = alarm(config["AlarmIdentifier"]) or {}
        check["alarm"] = {name: found[name] for name in _STREAM if name in found}


def _known(check_id: str) -> JSON:
    check: JSON | None = CHECKS.value.get(check_id)
    if check is None:
        raise Refusal(
            "NoSuchHealthCheck", f"No health check exists with the specified ID {check_id}.", 404
        )
    return check


def _invalid(sentence: str) -> Refusal:
    return Refusal("InvalidInput", f"Invalid parameter : {sentence}")


def _read(operation: str, body: bytes) -> JSON:
    """A request's members, as botocore's model has them. Raises Refusal."""
    root = PARSE.value(body)
    if root is None:
        raise Refusal("MalformedInput", "The XML document is not well-formed.")
    shape = _model().operation_model(operation).input_shape
    in_path = {name for name, one in shape.members.items() if one.serialization.get("location")}
    said: JSON = _value(shape, root)
    found = [
        one
        for name, member in shape.members.items()
        if name not in in_path
        for one in _problems(shape, name, member, said)
    ]
    if found:
        raise _invalid("; ".join(found))
    return said


def _problems(shape: Any, name: str, member: Any, said: JSON) -> Iterator[str]:
    if name in said:
        yield from problems(member, said[name], name)
    elif name in shape.required_members:
        yield f"{name} must be specified."


def _value(shape: Any, element: Element) -> Any:
    """What an element holds. Raises Refusal for what its shape does not know."""
    match shape.type_name:
        case "structure":
            found = {}
            for child in element:
                name = _name(child)
                if name not in shape.members or name in found:
                    raise Refusal(
                        "InvalidInput",
                        "Invalid XML ; cvc-complex-type.2.4.a: Invalid content was found starting with "
                        f"element '{name}'.",
                    )
                found[name] = _value(shape.members[name], child)
            return found
        case "list":
            return [_value(shape.member, child) for child in element]
        case "boolean":
            return {"true": True, "1": True, "false": False, "0": False}.get(_text(element), "")
        case "integer" | "long":
            text = _text(element)
            return int(text) if text.removeprefix("-").isdecimal() else text
    return element.text or ""


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _told(tag: str, check: JSON, status: int = 200) -> Answer:
    answered: Answer = XML.value(tag, lambda root: _describe(root, check), status)
    code, headers, body = answered
    if status == 201:
        where = f"https://route53.amazonaws.com/2013-04-01/healthcheck/{check['id']}"
        headers = {**headers, "Location": where}
    return code, headers, body


def _describe(parent: Element, hc: Mapping[str, Any]) -> None:
    """A HealthCheck element."""
    model = _model()
    described = {
        "Id": hc["id"],
        "CallerReference": hc["caller_reference"],
        "HealthCheckConfig": hc["config"],
        "HealthCheckVersion": hc["version"],
    }
    if "alarm" in hc:
        described["CloudWatchAlarmConfiguration"] = hc["alarm"]
    _write(parent, "HealthCheck", model.shape_for("HealthCheck"), described)


def _write(parent: Element, name: str, shape: Any, value: Any) -> None:
    element = SubElement(parent, name)
    match shape.type_name:
        case "structure":
            for member, inner in shape.members.items():
                if value.get(member) is not None:
                    _write(element, member, inner, value[member])
        case "list":
            for item in value:
                tag = shape.member.serialization.get("name", "member")
                _write(element, tag, shape.member, item)
        case "boolean":
            element.text = "true" if value else "false"
        case _:
            element.text = str(value)


@cache
def _model() -> Any:
    from botocore.session import Session

    return Session().get_service_model("route53")
