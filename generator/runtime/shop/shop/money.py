"""Amounts: whole numbers of a currency's minor units, as the catalogue and the orders have them."""

from __future__ import annotations

#: Digits behind the point, of the currencies that have not two (ISO 4217).
DIGITS = {"CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "VND": 0, "BHD": 3, "JOD": 3, "KWD": 3, "TND": 3}


def major(amount: int, currency: str) -> float:
    """In the unit that people speak of: euros, not cents. For charts; never for reckoning."""
    return amount / 10 ** DIGITS.get(currency, 2)


def spoken(amount: int, currency: str) -> str:
    """As a page shows it: `EUR 1,234.50`."""
    return f"{currency} {major(amount, currency):,.{DIGITS.get(currency, 2)}f}"
