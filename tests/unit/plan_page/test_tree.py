"""The plan in a terminal: the page's order and words, one line each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scripts.deploy.explanations import PropertyChange
from scripts.plan_reading import Reading
from scripts.plan_tree import lines
from scripts.terminal import COLOURS
from tests.unit.plan_page.samples import PASSED, explained, nested, of, reading


def told(reading: Reading = PASSED, *, whole: bool = False) -> list[str]:
    return [line.text for line in lines(reading, whole=whole)]


def test_the_verdict_comes_first_and_what_stops_it_next() -> None:
    first, second, *_ = told(reading())

    assert first.startswith("Stopped by the gates: 1 finding stops it")
    assert second.startswith("  stopped: Network/ShopGroup (AWS::EC2::SecurityGroup) would be open")


def test_a_change_is_told_from_what_to_what_and_why() -> None:
    said = told()

    at = said.index(
        "  ~ Database (AWS::RDS::DBInstance) changed: The instance restarts: away for minutes."
    )
    assert said[at + 1 : at + 5] == [
        "      DBInstanceClass: db.r6g.large → db.r7g.xlarge",
        "        because parameter DatabaseClass ← params/prod.yaml: database_class",
        "      MasterUserPassword: (secret) → (secret)",
        "      written in generator/layers/orders.py:57",
    ]
    assert "  ! Products (AWS::DynamoDB::Table) replaced: The table is made anew;" in "\n".join(
        said
    )


def test_what_is_new_and_what_is_in_vain_takes_a_line_until_the_whole_is_wanted() -> None:
    brief, whole = told(), told(whole=True)

    assert "+ Alerts (nested stack): 1 to add" in brief
    assert "  + Topic (AWS::SNS::Topic) added" not in brief
    assert "  1 announced in vain (-v lists them)" in brief
    assert "  + Topic (AWS::SNS::Topic) added" in whole
    assert any(line.startswith("  = Listener") for line in whole)


def test_a_waiver_that_was_used_is_named_with_its_reason_and_place() -> None:
    assert (
        "  waived until 2026-11-23 (moved to Catalogue2, ticket 4711, params/waivers.yaml:3): "
        "Catalog/Products (AWS::DynamoDB::Table) would be replaced"
    ) in told()


def test_every_colour_is_one_of_the_terminal_s() -> None:
    colours = {line.colour for line in lines(reading(), whole=True)}

    assert colours <= {"", *COLOURS}
    assert "red" in colours


@given(st.text(), st.text())
def test_no_value_moves_the_cursor_or_breaks_a_line(one: str, two: str) -> None:
    change = explained(
        "Stack/A",
        properties=(PropertyChange("Body", one, {"k": two}, why=(two,)),),
        why=(one,),
        warnings=(two,),
    )

    for line in told(of(nested("Stack"), change), whole=True):
        assert all(character.isprintable() for character in line)
