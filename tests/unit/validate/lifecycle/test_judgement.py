"""What a day means for what is used."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from scripts.validate import lint
from scripts.validate.contract import roots
from scripts.validate.lifecycle.judgement import LifecycleReport, judge
from scripts.validate.lifecycle.rows import Row, Source, Table, listed, over
from scripts.validate.provenance import located
from tests.unit.validate import samples
from tests.unit.validate.test_contract import environment

PROJECT = Path(__file__).parents[4]
TODAY = date(2026, 11, 24)
PAGE = Source("a page", "https://example.com", as_of=TODAY)
END = date(2028, 1, 1)
EVERYTHING_ELSE = (*listed("service", PAGE, ["AWS::*"]),)


def on(day: date, *rows: Row) -> LifecycleReport:
    """The judgement of a day about one function, whose runtime these rows speak of."""
    templates = samples.platform()
    templates["shop.json"]["Resources"]["Function"] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.13"},
    }
    return judge(
        roots(samples.written(templates)), [environment()], day, Table((*rows, *EVERYTHING_ELSE))
    )


def ending(end: date) -> Row:
    return Row("Lambda runtime", "python3.13", PAGE, end, successor="python3.14")


@pytest.mark.parametrize(
    ("days_left", "verdict", "failed"),
    [
        (181, "lasting", False),
        (180, "ending", False),
        (1, "ending", False),
        (0, "ending", False),
        (-1, "ended", True),
    ],
)
def test_an_end_is_a_warning_for_half_a_year_to_its_last_day_and_then_fails(
    days_left: int, verdict: str, failed: bool
) -> None:
    report = on(END - timedelta(days=days_left), ending(END))

    assert report.entries[0].verdict == verdict
    assert report.failed is failed
    assert [finding.rule for finding in report.findings] == (
        [] if verdict == "lasting" else [f"lifecycle-{verdict}"]
    )


def test_a_finding_names_the_place_the_date_the_source_and_the_environments() -> None:
    (finding,) = on(END - timedelta(days=97), ending(END)).findings

    assert (finding.template, finding.path) == (
        "shop.json",
        "Resources/Function/Properties/Runtime",
    )
    assert finding.message == (
        "Lambda runtime python3.13 ends on 2028-01-01, in 97 days "
        "(a copy of a page, https://example.com, as of 2026-11-24) "
        "(dev in us-east-1, dev in us-west-2)"
    )
    assert finding.fix == "what lives longer: python3.14"


def test_what_no_row_covers_is_not_called_fine() -> None:
    report = on(END)

    assert report.failed
    assert [finding.rule for finding in report.findings] == ["lifecycle-unknown"]


def test_what_is_deprecated_without_a_date_has_ended() -> None:
    report = on(date(2020, 1, 1), *over("Lambda runtime", PAGE, ["python3.13"]))

    assert report.failed
    assert "is deprecated" in report.findings[0].message


def test_a_closing_to_new_customers_is_no_end() -> None:
    closed = "closed to new customers"
    rows = listed("Lambda runtime", PAGE, {"python3.13": "2024-07-25"}, closed, announced=True)
    report = on(END, *rows)

    assert report.failed
    assert report.findings[0].message.startswith(
        "Lambda runtime python3.13: closed to new customers, announced 2024-07-25 (a copy of a page"
    )


def test_what_has_no_announced_end_lasts() -> None:
    report = on(date(2050, 1, 1), *listed("Lambda runtime", PAGE, ["python3.13"]))

    assert not report.findings


@pytest.mark.parametrize("copy", [True, False])
def test_a_source_has_to_be_read_again_before_it_can_have_missed_an_end(copy: bool) -> None:
    source = Source("a package 1.0", "https://example.com", as_of=date(2026, 6, 1), copy=copy)
    row = Row("Lambda runtime", "python3.13", source, date.max)

    assert on(source.as_of + timedelta(days=180), row).aged == ()
    assert on(source.as_of + timedelta(days=181), row).aged == (source,)


def test_entries_come_by_date_unknown_ones_first() -> None:
    entries = on(END, ending(END)).entries

    assert [entry.ends for entry in entries] == [END, *[None] * (len(entries) - 1)]
    dated = listed("service", PAGE, {"AWS::*": "2030-01-01"})
    assert on(END, *dated).entries[0].verdict == "unknown"


class TestTheTree:
    def test_uses_nothing_that_has_ended_or_that_nobody_knows(self) -> None:
        """On a day; what has ended since is for `tradewind lifecycle` to say."""
        assert [str(finding) for finding in _judged({}).findings if _fails(finding.rule)] == []

    @pytest.mark.parametrize(
        ("said", "planted", "file", "rule"),
        [
            ('"python3.13"', '"python3.9"', "payments.json", "ended"),
            ('"python3.13"', '"python3.99"', "payments.json", "unknown"),
            ('"17.10"', '"17.4"', "orders.json", "ended"),
            ('"17.10"', '"17.6"', "orders.json", "ended"),
            ('"17.10"', '"19.1"', "orders.json", "unknown"),
            ('"postgres17"', '"postgres13"', "orders.json", "ended"),
            ('"aurora-postgresql17"', '"aurora-postgresql13"', "orders.json", "ended"),
            ('"rds-ca-rsa2048-g1"', '"rds-ca-2019"', "orders.json", "unknown"),
            ('"ssl_min_protocol_version": "TLSv1.2"', '"ssl_min_protocol_version": "TLSv1.1"',
             "orders.json", "ended"),
            ('"8.2"', '"6.2"', "cache.json", "unknown"),
            ('"1.6.22"', '"1.2.0"', "prices.json", "unknown"),
            ('"OpenSearch_3.5"', '"OpenSearch_2.9"', "search.json", "ended"),
            ('"Policy-Min-TLS-1-2-PFS-2023-10"', '"Policy-Min-TLS-1-0-2019-07"',
             "search.json", "ended"),
            ('aarch64-standard:3.0"', 'aarch64-standard:9.0"', "pipeline.json", "unknown"),
            ("python: 3.12", "python: 3.9", "pipeline.json", "ended"),
            ("install -y ruby amazon-cloudwatch-agent python3.13",
             "install -y ruby amazon-cloudwatch-agent python3.9", "workers.json", "ended"),
            ('"TLSv1.2_2021"', '"TLSv1.1_2016"', "delivery.json", "ended"),
            ('"ELBSecurityPolicy-TLS13-1-2-Res-2021-06"', '"ELBSecurityPolicy-2016-08"',
             "front-door.json", "ended"),
            ("aws-user-personalization-v2", "aws-hrnn", "recommendation-model.json", "unknown"),
            ("foundations-benchmark/v/3.0.0", "foundations-benchmark/v/1.2.0",
             "detection.json", "unknown"),
            ("/al2023-ami-kernel", "/amzn2-ami-kernel", "platform.json", "ended"),
            ('"AWS::Events::EventBus"', '"AWS::AppMesh::Mesh"', "events.json", "ended"),
            ('"AWS::Events::EventBus"', '"AWS::Brandnew::Bus"', "events.json", "unknown"),
            ('"AWS::CloudTrail::Trail"', '"AWS::CloudTrail::EventDataStore"',
             "account-trail.json", "ended"),
        ],
    )  # fmt: skip
    def test_does_not_miss_what_is_planted(
        self, said: str, planted: str, file: str, rule: str
    ) -> None:
        findings = [
            finding
            for finding in _judged({file: (said, planted)}).findings
            if finding.rule == f"lifecycle-{rule}"
        ]

        assert findings
        assert all(file in (finding.template, "platform.json") for finding in findings), findings

    def test_a_finding_leads_to_the_line_that_made_it(self) -> None:
        found = located(_judged({"payments.json": ('"python3.13"', '"python3.9"')}).findings)
        (layer,) = {finding.layer for finding in found if finding.rule == "lifecycle-ended"}
        places = {finding.made_at for finding in found if finding.rule == "lifecycle-ended"}

        assert layer == "Payments"
        assert all(place.startswith("generator/layers/payments.py:") for place in places), places


def _judged(planted: dict[str, tuple[str, str]]) -> LifecycleReport:
    templates = dict(lint.read_templates(PROJECT))
    for file, (said, instead) in planted.items():
        assert said.encode() in templates[file], f"{file} does not say {said}"
        templates[file] = templates[file].replace(said.encode(), instead.encode())
    return judge(roots(templates), lint.read_environments(PROJECT), TODAY)


def _fails(rule: str) -> bool:
    return rule in ("lifecycle-ended", "lifecycle-unknown")
