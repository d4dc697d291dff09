"""Which row speaks of a version, and what to move to."""

from __future__ import annotations

from datetime import date

import pytest

from scripts.validate.lifecycle.engines import KINDS
from scripts.validate.lifecycle.judgement import table
from scripts.validate.lifecycle.rows import Row, Source, Table, listed, over

PAGE = Source("a page", "https://example.com")
PACKAGE = Source("a package 1.0", "https://example.com/package", copy=False)


def of(*rows: Row) -> Table:
    return Table(rows)


def test_a_month_counts_from_its_first_day_and_says_so() -> None:
    row, other = listed("Engine", PAGE, {"17.9": "2027-03", "17": "2030-02-28"})

    assert row.ends == date(2027, 3, 1)
    assert row.note == "the source names a month"
    assert other.note == ""


def test_a_version_alone_has_no_announced_end() -> None:
    (row,) = listed("Image", PAGE, ["standard:7.0"])

    assert (row.ends, row.over) == (None, False)


def test_a_pattern_covers_what_it_matches_and_nothing_else() -> None:
    found = of(*listed("Image", PAGE, {"/ami/al2023-*": "2029-06-30"})).find

    assert found("Image", "/ami/al2023-arm64")
    assert found("Image", "/ami/amzn2-arm64") is None
    assert found("Engine", "/ami/al2023-arm64") is None


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_rows_the_one_that_ends_it_first_holds(turned: bool) -> None:
    rows = [
        *listed("Engine", PAGE, {"16.4": "2029-02-28"}),
        *over("Engine", PACKAGE, ["16.4"]),
    ]
    found = of(*(reversed(rows) if turned else rows)).find("Engine", "16.4")

    assert found
    assert found.source == PACKAGE


def test_what_the_source_names_is_the_successor() -> None:
    row = Row("Runtime", "python3.13", PACKAGE, date(2029, 6, 30), successor="python3.14")

    assert of(row).successors(row) == ("python3.14",)


def test_else_the_later_versions_of_the_same_major_that_live_longer() -> None:
    rows = {
        row.version: row
        for row in listed(
            "Engine",
            PAGE,
            {
                "18.1": "2031-01-01",
                "17.10": "2028-01-01",
                "17.9": "2027-01-01",
                "17.8": "2030-01-01",
                "17.11": "2027-01-01",
            },
        )
    }

    assert of(*rows.values()).successors(rows["17.9"]) == ("17.10",)


def test_a_later_version_that_another_source_ends_is_no_successor() -> None:
    first, later = listed("Engine", PAGE, {"17.9": "2027-01-01", "17.10": "2028-01-01"})

    assert of(first, later, *over("Engine", PACKAGE, ["17.10"])).successors(first) == ()


class TestTheTable:
    @pytest.mark.parametrize(
        ("engine", "later"), [("postgres", ("17.10", "17.11")), ("aurora-postgresql", ("17.10",))]
    )
    def test_leads_from_one_minor_version_to_the_next(
        self, engine: str, later: tuple[str, ...]
    ) -> None:
        row = table().find(KINDS[engine], "17.9")

        assert row
        assert table().successors(row) == later

    def test_says_of_every_row_where_it_stands(self) -> None:
        for row in table().rows:
            assert row.source.name, row
            assert row.source.url.startswith("https://"), row

    def test_says_of_a_page_that_a_copy_was_read_and_of_a_package_that_it_was(self) -> None:
        packages = {row.source for row in table().rows if not row.source.copy}

        (package,) = packages
        assert str(package).startswith("cfn-lint ")
        page = table().find("service", "AWS::S3")
        assert page
        assert str(page.source).startswith("a copy of AWS services in maintenance")

    @pytest.mark.parametrize(
        ("service", "day", "announced"),
        [
            ("AWS::Panorama", date(2026, 5, 31), False),
            ("AWS::SimSpaceWeaver", date(2026, 5, 20), False),
            ("AWS::FraudDetector", date(2025, 11, 7), True),
        ],
    )
    def test_has_the_days_that_their_own_pages_tell(
        self, service: str, day: date, announced: bool
    ) -> None:
        row = table().find("service", service)

        assert row
        assert (row.ends, row.announced) == (day, announced)

    def test_says_nothing_twice(self) -> None:
        said = [(row.kind, row.version, row.source) for row in table().rows]

        assert len(said) == len(set(said))
