"""Route 53's health checks, as its clients see them: real probes of servers that live and die."""

from __future__ import annotations

import http.server
import os
import signal
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from scripts.sandbox import process
from scripts.sandbox.clock import Reading
from scripts.sandbox.record import Record, birth
from scripts.sandbox.routing.health_checks import REGIONS
from tests.rehearsal.conftest import Sandbox, free_port
from tests.rehearsal.sandbox.running import until
from tests.rehearsal.sandbox.stacks import Account

#: Nobody else's: of two accounts with a zone of one name, either may be the one that answers.
DOMAIN = "checked.example"


class Server:
    """An HTTP server on loopback that answers `status`."""

    def __init__(self) -> None:
        self.status = 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def die(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.die()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose clock, data plane and life are this test's."""
    home = tmp_path / "home"
    running = process.start(home, free_port())
    yield Sandbox(home, running.url)
    process.stop(home)


def healthy(sandbox: Sandbox, check: str) -> bool:
    verdict: bool = sandbox.page("GET", "routing/status")["checks"][check]
    return verdict


def named(route53: Any, name: str = f"shop.{DOMAIN}") -> str:
    """A zone in which a name leads to this machine; gives the zone's id."""
    zone: str = route53.create_hosted_zone(Name=DOMAIN, CallerReference=name)["HostedZone"]["Id"]
    values = [{"Value": "127.0.0.1"}]
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": values}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    return zone


def made(route53: Any, reference: str = "one", **config: Any) -> Any:
    """A health check."""
    settings = {
        "Type": "HTTP",
        "FullyQualifiedDomainName": f"shop.{DOMAIN}",
        "RequestInterval": 10,
        **config,
    }
    return route53.create_health_check(CallerReference=reference, HealthCheckConfig=settings)[
        "HealthCheck"
    ]


@contextmanager
def refused(code: str, words: str | None = None) -> Iterator[None]:
    with pytest.raises(ClientError, match=words) as refusal:
        yield
    assert refusal.value.response["Error"]["Code"] == code


def test_sixteen_checkers_of_eight_regions_say_what_they_saw(own: Sandbox, server: Server) -> None:
    route53 = own.client("route53")
    named(route53)
    check = made(route53, Port=server.port)["Id"]

    def look() -> list[Any]:
        told = route53.get_health_check_status(HealthCheckId=check)
        return list(told["HealthCheckObservations"])

    # On a busy machine any one look may be too late; each of the sixteen has seen it well once.
    well: set[str] = set()

    def seen_by_all() -> bool:
        said = "Success: HTTP Status Code 200, OK. Resolved IP: 127.0.0.1"
        well.update(one["IPAddress"] for one in look() if one["StatusReport"]["Status"] == said)
        return len(well) == len(look())

    until(seen_by_all)
    seen = look()
    assert Counter(one["Region"] for one in seen) == dict.fromkeys(REGIONS, 2)
    now = datetime.now(UTC)
    for one in seen:
        assert timedelta(0) <= now - one["StatusReport"]["CheckedTime"] < timedelta(minutes=5)


def test_a_name_that_leads_nowhere_fails(account: Account) -> None:
    route53 = account.client("route53")
    check = made(route53, FullyQualifiedDomainName="nobody.example.net")["Id"]
    seen = route53.get_health_check_last_failure_reason(HealthCheckId=check)
    said = {one["StatusReport"]["Status"] for one in seen["HealthCheckObservations"]}
    assert said == {"Failure: DNS resolution failed: REFUSED."}


def test_who_has_no_checkers_has_no_status(account: Account) -> None:
    route53 = account.client("route53")
    check = made(route53)["Id"]
    config = {"Type": "CALCULATED", "ChildHealthChecks": [check], "HealthThreshold": 1}
    total = route53.create_health_check(CallerReference="sum", HealthCheckConfig=config)
    for call in (route53.get_health_check_status, route53.get_health_check_last_failure_reason):
        with refused("InvalidInput", "CALCULATED"):
            call(HealthCheckId=total["HealthCheck"]["Id"])
        with refused("NoSuchHealthCheck"):
            call(HealthCheckId="00000000-0000-0000-0000-000000000000")


def test_a_disabled_check_is_not_checked(account: Account, server: Server) -> None:
    route53 = account.client("route53")
    named(route53)
    check = made(route53, Port=server.port, Disabled=True)["Id"]
    seen = route53.get_health_check_status(HealthCheckId=check)
    assert seen["HealthCheckObservations"] == []


def test_an_update_is_locked_by_the_version(account: Account) -> None:
    route53 = account.client("route53")
    check = made(route53, Inverted=True)
    assert check["HealthCheckVersion"] == 1
    assert check["HealthCheckConfig"]["Inverted"] is True
    updated = route53.update_health_check(
        HealthCheckId=check["Id"], HealthCheckVersion=1, Inverted=False, ResourcePath="/x"
    )["HealthCheck"]
    assert updated["HealthCheckVersion"] == 2
    assert updated["HealthCheckConfig"]["Inverted"] is False
    with refused("HealthCheckVersionMismatch"):
        route53.update_health_check(HealthCheckId=check["Id"], HealthCheckVersion=1, Inverted=True)
    found = route53.get_health_check(HealthCheckId=check["Id"])["HealthCheck"]
    assert found == updated
    reset = route53.update_health_check(HealthCheckId=check["Id"], ResetElements=["ResourcePath"])
    assert "ResourcePath" not in reset["HealthCheck"]["HealthCheckConfig"]


def test_what_an_update_cannot_do(account: Account) -> None:
    route53 = account.client("route53")
    check = made(route53)
    for change in (
        {"IPAddress": "192.0.2.44"},
        {"ResetElements": ["FullyQualifiedDomainName"]},
        {"HealthThreshold": 1},
        {"SearchString": "x"},
        {"FailureThreshold": 11},
    ):
        with refused("InvalidInput"):
            route53.update_health_check(HealthCheckId=check["Id"], **change)
    found = route53.get_health_check(HealthCheckId=check["Id"])["HealthCheck"]
    assert found == check
    with refused("NoSuchHealthCheck"):
        route53.update_health_check(HealthCheckId="none", Inverted=True)


@pytest.mark.parametrize("element", ["RequestInterval", "Type", "MeasureLatency"])
def test_what_never_changes_is_not_even_asked_for(account: Account, element: str) -> None:
    """botocore has no parameter for it; who writes the XML by hand is refused."""
    check = made(account.client("route53"))["Id"]
    body = f"<UpdateHealthCheckRequest><{element}>10</{element}></UpdateHealthCheckRequest>"
    scope = f"AWS4-HMAC-SHA256 Credential={account.number}/20260101/us-east-1/route53/aws4_request/"
    request = urllib.request.Request(
        f"{account.sandbox.endpoint}/2013-04-01/healthcheck/{check}",
        body.encode(),
        {"Authorization": scope},
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    with refusal.value:
        assert refusal.value.code == 400
        assert f"starting with element '{element}'" in refusal.value.read().decode()


def test_a_caller_reference_is_used_once(account: Account) -> None:
    route53 = account.client("route53")
    first = made(route53, "same")
    assert made(route53, "same") == first
    with refused("HealthCheckAlreadyExists"):
        made(route53, "same", FailureThreshold=5)
    assert made(route53, "other")["Id"] != first["Id"]
    route53.delete_health_check(HealthCheckId=first["Id"])
    with refused("HealthCheckAlreadyExists"):
        made(route53, "same")
    with refused("NoSuchHealthCheck"):
        route53.delete_health_check(HealthCheckId=first["Id"])


def test_an_interval_of_twenty_seconds_is_refused(account: Account) -> None:
    with refused("InvalidInput", "10, 30"):
        made(account.client("route53"), RequestInterval=20)


def test_an_endpoint_that_fails_and_comes_back(own: Sandbox, server: Server) -> None:
    route53 = own.client("route53")
    named(route53)
    endpoint = made(route53, Port=server.port)["Id"]
    inverted = made(route53, "two", Port=server.port, Inverted=True)["Id"]
    own.page("POST", "routing/start")
    assert healthy(own, endpoint)
    assert not healthy(own, inverted)
    own.page("PUT", "clock", {"speed": 120})
    server.status = 500
    until(lambda: not healthy(own, endpoint))
    until(lambda: healthy(own, inverted))
    server.status = 200
    until(lambda: healthy(own, endpoint))
    server.die()
    until(lambda: not healthy(own, endpoint))
    seen = route53.get_health_check_status(HealthCheckId=endpoint)["HealthCheckObservations"]
    assert any("Connection refused" in one["StatusReport"]["Status"] for one in seen)
    route53.update_health_check(HealthCheckId=endpoint, Disabled=True)
    until(lambda: healthy(own, endpoint))


def test_cloudwatch_is_told_in_us_east_1(own: Sandbox, server: Server) -> None:
    route53 = own.client("route53")
    named(route53)
    check = made(route53, Port=server.port)["Id"]
    own.page("PUT", "clock", {"speed": 120})
    dimension = [{"Name": "HealthCheckId", "Value": check}]

    def values(name: str, region: str = "us-east-1") -> list[float]:
        now = datetime.now(UTC)
        told = own.client("cloudwatch", region).get_metric_statistics(
            Namespace="AWS/Route53",
            MetricName=name,
            Dimensions=dimension,
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Minimum"],
        )
        return [one["Minimum"] for one in told["Datapoints"]]

    until(lambda: values("HealthCheckStatus"))
    assert set(values("HealthCheckStatus")) == {1.0}
    assert set(values("HealthCheckPercentageHealthy")) == {100.0}
    server.die()
    until(lambda: 0.0 in values("HealthCheckStatus"))
    assert values("HealthCheckStatus", "eu-west-1") == []


def test_an_alarm_check_follows_the_data_and_not_the_alarm(own: Sandbox) -> None:
    cloudwatch, route53 = own.client("cloudwatch", "eu-west-1"), own.client("route53")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Shop",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
    )
    config = {
        "Type": "CLOUDWATCH_METRIC",
        "AlarmIdentifier": {"Name": "errors", "Region": "eu-west-1"},
        "InsufficientDataHealthStatus": "Unhealthy",
    }
    check = route53.create_health_check(CallerReference="a", HealthCheckConfig=config)
    assert check["HealthCheck"]["CloudWatchAlarmConfiguration"]["MetricName"] == "Errors"
    check_id = check["HealthCheck"]["Id"]
    own.page("PUT", "clock", {"speed": 120})
    until(lambda: own.page("GET", "status")["routing"])
    until(lambda: not healthy(own, check_id))

    def put(value: float) -> None:
        minutes = [datetime.now(UTC) - timedelta(minutes=number) for number in range(1, 4)]
        data = [{"MetricName": "Errors", "Timestamp": at, "Value": value} for at in minutes]
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)

    put(0.0)
    until(lambda: healthy(own, check_id))
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="by hand")
    clock = Reading.told(own.page("GET", "clock"))
    before = clock.time()
    until(lambda: clock.time() > before + 300)
    assert healthy(own, check_id)
    put(100.0)
    until(lambda: not healthy(own, check_id))


def test_a_data_plane_that_is_killed_is_started_again(own: Sandbox, server: Server) -> None:
    route53 = own.client("route53")
    named(route53)
    check = made(route53, Port=server.port)["Id"]
    first = own.page("POST", "routing/start")
    own.page("PUT", "clock", {"speed": 120})
    server.status = 500
    until(lambda: not healthy(own, check))
    own.page("PUT", "clock", {"speed": 1})
    os.kill(first["pid"], signal.SIGKILL)
    until(lambda: birth(first["pid"]) is None)
    until(lambda: (own.page("GET", "status")["routing"] or {}).get("begun"))
    again = own.page("GET", "routing/status")
    assert again["pid"] != first["pid"]
    assert again["dns"] == first["dns"]
    assert again["checks"] == {check: False}, "as if its checkers had been there all the time"


def test_it_ends_with_the_sandbox_and_keeps_its_port(own: Sandbox) -> None:
    first = own.page("POST", "routing/start")
    process.stop(own.home)
    assert birth(first["pid"]) is None
    process.start(own.home)
    assert own.page("GET", "status")["routing"] is None
    again = own.page("POST", "routing/start")
    assert again["pid"] != first["pid"]
    assert again["dns"] == first["dns"]


def test_it_outlives_a_sandbox_that_is_killed_and_is_found_again(
    own: Sandbox, server: Server
) -> None:
    route53 = own.client("route53")
    named(route53)
    first = own.page("POST", "routing/start")
    sandbox = Record.read(own.home)
    assert sandbox is not None
    os.kill(sandbox.pid, signal.SIGKILL)
    until(lambda: birth(sandbox.pid) is None)
    assert birth(first["pid"]) is not None
    process.start(own.home)
    assert own.page("GET", "routing/status")["pid"] == first["pid"]
    os.kill(first["pid"], signal.SIGKILL)
    until(lambda: birth(first["pid"]) is None)
    until(lambda: (own.page("GET", "status")["routing"] or {}).get("begun"))
    named(route53, f"again.{DOMAIN}")
    check = made(route53, FullyQualifiedDomainName=f"again.{DOMAIN}", Port=server.port)["Id"]
    seen = route53.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
    assert len(seen) == 16


def test_another_seed_starts_it_anew_and_stalls_are_told(own: Sandbox) -> None:
    first = own.page("POST", "routing/start", {"seed": 7})
    assert own.page("POST", "routing/start", {"seed": 7})["pid"] == first["pid"]
    assert own.page("POST", "routing/start")["pid"] == first["pid"]
    other = own.page("POST", "routing/start", {"seed": 8})
    assert other["pid"] != first["pid"]
    os.kill(other["pid"], signal.SIGSTOP)
    began = time.monotonic()
    until(lambda: time.monotonic() > began + 0.5)
    os.kill(other["pid"], signal.SIGCONT)
    stalls = until(lambda: own.page("GET", f"routing/stalls?since={began}"))
    assert max(one["seconds"] for one in stalls) > 0.4
    assert set(stalls[0]) == {"monotonic", "seconds", "drill_seconds"}
