"""The plan's page: whole, for everybody, and safe whatever is written into it."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import page_frame
from scripts.deploy.explanations import Effect, Explanation, PropertyChange
from scripts.deploy.gates.judgement import Judged
from scripts.plan_page import Unplanned, page
from scripts.plan_page.changes import SHOWN
from tests.unit.plan_page.markup import Markup
from tests.unit.plan_page.samples import (
    EXPLANATION,
    LOSS,
    PASSED,
    WAIVER,
    explained,
    judgement,
    nested,
    of,
    reading,
)

AWAITING = Unplanned("edge in us-east-1", "planned when platform in us-west-2 is done")

#: What somebody may have written into a tag, a description, a reason.
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "</style><script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "'; background: url(http://example.com/x)",
            "<!--",
            "]]>",
            "&lt;script&gt;",
            "\u202e\u0000\ud83d\ude00",
            "javascript:alert(1)",
            'https://docs.aws.amazon.com/"onmouseover="alert(1)',
            "</details></main></body>",
        ]
    ),
).map(lambda text: text.encode("utf-8", "ignore").decode())


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    read = Markup(page("prod", [reading(), AWAITING, PASSED]))

    assert read.open == []
    assert not {"script", "link", "img", "iframe", "form", "svg", "object"} & {*read.tags}
    assert "src" not in {name for _, name, _ in read.attributes}
    assert "url(" not in page("prod", [PASSED])
    ids = read.values("id")
    assert len(ids) == len({*ids})
    here = [link for link in read.values("href") if not link.startswith("https://docs.aws.")]
    assert {link[1:] for link in here} <= {*ids}


def test_the_verdict_is_read_before_anything_else_of_a_wave() -> None:
    text = Markup(page("prod", [reading()])).text

    wanted = [
        "Stopped by the gates",
        "removed 0 replaced 1",
        "3f6a1c09be27d458 An approval of it would be refused.",
        "Network/ShopGroup AWS::EC2::SecurityGroup would be open to 0.0.0.0/0",
        "Its waiver of params/waivers.yaml:9 expired on 2026-11-23",
        "Waived until 2026-11-23 : moved to Catalogue2, ticket 4711",
        "sqs:SendMessage → sqs:SendMessage, sqs:DeleteQueue",
        "Products AWS::DynamoDB::Table replaced data is lost",
        "parameter DatabaseClass params/prod.yaml: database_class",
        "orders.json · generator/layers/orders.py:57",
        "not offered in us-east-1 AWS::Personalize::Schema",
    ]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)


def test_how_to_approve_names_the_hash_and_is_not_there_where_it_would_be_refused() -> None:
    approve = "tradewind approve prod 3f6a1c09be27d458 --reason WHY"

    assert approve in Markup(page("prod", [PASSED])).text
    assert "tradewind 3f6a1c09be27d458 WHY" in Markup(page("prod", [PASSED])).text
    assert approve not in Markup(page("prod", [reading()])).text


def test_what_has_to_be_read_is_open_and_a_phantom_comes_with_its_proof() -> None:
    text = page("prod", [PASSED])

    assert re.search(r'<details class="data" open><summary><b>Products</b>', text)
    assert re.search(r'<details class="nothing"><summary><b>Listener</b>', text)
    assert "fed by FrontDoor&#x27;s output, which stays as it is" in text


def test_every_wave_is_in_the_contents_with_what_is_to_be_said_of_it() -> None:
    read = Markup(page("prod", [reading(), AWAITING]))

    assert "platform in us-east-1 : stopped by the gates" in read.text
    assert "edge in us-east-1 : planned when platform in us-west-2 is done" in read.text
    assert "nav" not in Markup(page("prod", [AWAITING])).tags


def test_a_secret_is_only_said_to_be_one() -> None:
    assert "MasterUserPassword (secret) (secret)" in Markup(page("prod", [PASSED])).text


def test_a_long_value_is_cut_and_says_by_how_much() -> None:
    change = explained("A", properties=(PropertyChange("Body", None, "x" * (SHOWN + 5)),))

    text = Markup(page("prod", [of(change)])).text

    assert "x" * SHOWN in text
    assert "x" * (SHOWN + 1) not in text
    assert "and 5 more characters" in text


@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_is_written_into_a_plan_is_read_and_never_obeyed(
    one: str, two: str, three: str
) -> None:
    change = explained(
        "Stack",
        two,
        effect=Effect("outage", one, three),
        properties=(PropertyChange(one, {two: three}, [three], why=(two,)),),
        template=one,
        line=two,
        why=(three,),
        warnings=(one,),
    )
    finding = replace(LOSS, path=(one,), type=two, words=three, before=one, after=two)
    waiver = replace(WAIVER, reason=three)
    stack = replace(nested("Stack"), path=(one,))
    changes = (stack, replace(change, path=(one, two)), replace(change, path=(three,)))
    explanation = Explanation(one, two, changes, (three,))
    waived = Judged(finding, waiver=waiver)
    plans = [
        replace(
            reading(explanation, judged),
            hash=one,
            environment=two,
            lookups={one: two},
            left_out=(three,),
        )
        for judged in (judgement(waived, Judged(finding)), judgement(waived))
    ]
    read = Markup(page(three, [*plans, Unplanned(one, two)]))
    sober = Markup(page("prod", [reading(), PASSED]))

    assert read.open == []
    assert {*read.tags} <= {*sober.tags, "nav", "ul", "li"}
    assert {name for _, name, _ in read.attributes} <= {name for _, name, _ in sober.attributes}
    assert not [link for link in read.values("href") if not link.startswith(("#", "https://"))]


@pytest.mark.parametrize("night", [0, 1], ids=["by day", "by night"])
@pytest.mark.parametrize("name", ["soft", "blue", "green", "red", "amber"])
def test_every_colour_of_text_can_be_read(name: str, night: int) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 at least."""
    assert contrast(page_frame.COLOURS[name][night], page_frame.PAPER[night]) >= 4.5
    assert contrast(page_frame.INK[night], page_frame.PAPER[night]) >= 7


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' luminances, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_same_plan_is_the_same_page() -> None:
    pages = {
        page("prod", [reading(explanation)]) for explanation, _ in product([EXPLANATION], "ab")
    }

    assert len(pages) == 1
