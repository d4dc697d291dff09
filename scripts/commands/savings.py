"""Show what Cost Explorer recommends to buy, and what commitments are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scripts.options import environment_argument

if TYPE_CHECKING:
    from decimal import Decimal

    from generator.environments import Environment
    from scripts.context import Context
    from scripts.savings import Payment, Purchase, Savings, Term
    from scripts.terminal import Terminal


@click.command()
@environment_argument
@click.option(
    "--term",
    type=click.Choice(["one-year", "three-years"]),
    default="one-year",
    show_default=True,
    help="How long to commit.",
)
@click.option(
    "--payment",
    type=click.Choice(["no-upfront", "partial-upfront", "all-upfront"]),
    default="no-upfront",
    show_default=True,
    help="How much to pay at once.",
)
@click.pass_obj
def savings(context: Context, environment: Environment, term: Term, payment: Payment) -> None:
    """Show what AWS Cost Explorer recommends for ENV's account. Buys nothing, changes nothing.

    Compute Savings Plans and reservations of RDS, ElastiCache, OpenSearch and Redshift, from the use of
    the last 30 days; how much of that use commitments covered, and how much of them was used; and the
    cost anomalies that nobody has judged. Confidence is how much of the commitment would have been used:
    high from 95 %, fair from 80 %.

    Each request to Cost Explorer costs 0.01 USD, and one run makes 17 or a few more. Nothing is cached.

    \b
    Examples:
      tradewind savings prod
      tradewind savings prod --term three-years --payment partial-upfront
      tradewind savings dev --sandbox --json
    """
    from scripts.cost_explorer import CostExplorer

    aws = context.connect(environment)
    aws.verify_account()
    with context.terminal.progress("Asking Cost Explorer") as progress:
        found = CostExplorer(aws, term, payment, progress.update).ask()
    _show(context.terminal, found)
    context.terminal.say(
        f"account {environment.account_id}: {found.requests} requests, "
        f"for which AWS charges {found.cost} USD"
    )
    context.terminal.data(
        {
            "environment": environment.name,
            "account": environment.account_id,
            "term": term,
            "payment": payment,
            **_document(found),
        }
    )


def _show(terminal: Terminal, found: Savings) -> None:
    if found.purchases:
        terminal.table(
            ("BUY", "SAVES A MONTH", "UPFRONT", "BREAK-EVEN", "CONFIDENCE"),
            [
                (
                    one.what,
                    _money(one.saving, one.currency),
                    _money(one.upfront, one.currency),
                    _months(one.break_even_months),
                    _confidence(one),
                )
                for one in sorted(found.purchases, key=lambda one: -one.saving)
            ],
        )
        for currency, total in found.totals.items():
            terminal.out(f"together {_money(total, currency)} a month")
    elif found.complete:
        terminal.out("Cost Explorer recommends nothing to buy.")
    else:
        terminal.out("What to buy is not known: see below.")
    terminal.out("")
    terminal.table(
        ("LAST 30 DAYS", "COVERED", "USED"),
        [(one.title, _percent(one.covered), _percent(one.used)) for one in found.commitments],
    )
    terminal.out("")
    _show_anomalies(terminal, found)
    for unanswered in found.unanswered:
        terminal.out(f"{unanswered.question}: {unanswered.reason}.")


def _show_anomalies(terminal: Terminal, found: Savings) -> None:
    if found.anomalies:
        terminal.table(
            ("ANOMALY SINCE", "UNTIL", "WHERE", "IMPACT"),
            [
                (one.since[:10], one.until[:10], one.where, f"{one.impact:.2f}")
                for one in found.anomalies
            ],
        )
    elif found.watched:
        terminal.out("No anomaly is open.")
    elif all(one.question != "anomaly monitors" for one in found.unanswered):
        terminal.out("No anomaly monitor watches this account, so no anomaly would be found.")


def _document(found: Savings) -> dict[str, Any]:
    """The answers; money and percentages as text, as Cost Explorer gives them."""
    return {
        "purchases": [
            {
                "what": one.what,
                "monthly_saving": str(one.saving),
                "upfront": str(one.upfront),
                "currency": one.currency,
                "break_even_months": _text(one.break_even_months),
                "utilisation_percent": _text(one.utilisation),
                "confidence": one.confidence,
            }
            for one in found.purchases
        ],
        "monthly_saving": {currency: str(total) for currency, total in found.totals.items()},
        "commitments": [
            {
                "title": one.title,
                "covered_percent": _text(one.covered),
                "used_percent": _text(one.used),
            }
            for one in found.commitments
        ],
        "anomaly_monitor": found.watched,
        "anomalies": [{**vars(one), "impact": str(one.impact)} for one in found.anomalies],
        "unanswered": [vars(one) for one in found.unanswered],
        "requests": found.requests,
        "cost_usd": str(found.cost),
    }


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}".rstrip()


def _months(number: Decimal | None) -> str:
    if number is None:
        return "never"
    return "at once" if number == 0 else f"{number:.1f} months"


def _confidence(purchase: Purchase) -> str:
    if purchase.utilisation is None:
        return purchase.confidence
    return f"{purchase.confidence} ({purchase.utilisation:.0f} % would be used)"


def _percent(share: Decimal | None) -> str:
    return "-" if share is None else f"{share:.1f} %"


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
