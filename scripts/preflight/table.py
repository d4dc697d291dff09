"""The whole table: every question in every region, side by side, whatever one of them says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from scripts.account_quotas import GLOBAL_REGION
from scripts.checks import Check, Verdict, unknown
from scripts.errors import TradewindError, UsageError
from scripts.preflight import (
    account,
    linked_roles,
    names,
    offers,
    quotas,
    singletons,
    subscriptions,
    zone,
)
from scripts.preflight.ground import Ground, Line, Question, Questions, Reply

#: Calls that are under way at once, over all regions: AWS throttles by account and API.
AT_ONCE = 16

QUESTIONS: Questions = (
    *account.CHECKS,
    *zone.CHECKS,
    *names.CHECKS,
    *singletons.CHECKS,
    *linked_roles.CHECKS,
    *offers.CHECKS,
    *subscriptions.CHECKS,
    *quotas.CHECKS,
)


def asked(ground: Ground) -> list[tuple[Question, str]]:
    """Each question that the deploy raises, with its region; empty for one of the account."""
    return [
        (question, region)
        for question in QUESTIONS
        for region in (ground.environment.regions if question.scope == "region" else ("",))
        if not question.types or _raised(question, ground, region)
    ]


def run(ground: Ground) -> Iterator[Line]:
    """Every line as soon as it is known. Raises UsageError for credentials of another account.

    Without credentials nothing is asked, and everything is unknown.
    """
    whose = account.credentials(ground)
    yield Line("", whose.named("credentials"))
    questions = asked(ground)
    if whose.verdict is not Verdict.PASSED:
        nobody = unknown("nothing can be read without credentials", "an answer", whose.remedy)
        yield from (Line(region, nobody.named(one.name)) for one, region in questions)
        return
    with ThreadPoolExecutor(AT_ONCE, "preflight") as pool:
        working = [pool.submit(_line, ground, one, region) for one, region in questions]
        for done in as_completed(working):
            yield done.result()


def in_order(lines: Iterable[Line], ground: Ground) -> list[Line]:
    """As the table has its questions, and the environment its regions."""
    places = {question.name: number for number, question in enumerate(QUESTIONS)}
    regions = {region: number for number, region in enumerate(ground.environment.regions)}
    return sorted(
        lines,
        key=lambda line: (places.get(line.check.name, -1), regions.get(line.region, -1)),
    )


def _raised(question: Question, ground: Ground, region: str) -> bool:
    """Copies of what stands elsewhere have names here: those questions sort it out themselves."""
    return bool(ground.wanted.of(question.types, "" if question in names.CHECKS else region))


def _line(ground: Ground, question: Question, region: str) -> Line:
    """What cannot be read is not known, and why is said; the other questions go on."""
    try:
        reply = question.ask(ground, region or GLOBAL_REGION)
    except UsageError:
        raise
    except TradewindError as error:
        reply = Reply(unknown(error.message.rstrip("."), "an answer", error.fix))
    check: Check = reply.answer.named(question.name)
    concerned = () if check.verdict is Verdict.PASSED else reply.concerns
    return Line(region, check, concerned)
