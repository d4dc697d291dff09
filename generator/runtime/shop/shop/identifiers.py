"""Identifiers that nobody can guess, of letters alone: none can be taken for a card number."""

from __future__ import annotations

import hashlib
import re
import secrets
from string import ascii_letters

#: 32 letters of 52 are 182 bits.
LENGTH = 32

SHAPE = re.compile(f"[A-Za-z]{{{LENGTH}}}")


def new_identifier(length: int = LENGTH) -> str:
    """One that has never been."""
    return _letters(secrets.token_bytes(length))


def pseudonym(cart_id: str) -> str:
    """What a cart is called where others read: from it, nobody gets at the cart.

    Events, sessions and orders bear it. The cart's own id is all that one needs to change the cart.
    """
    return _letters(hashlib.sha256(cart_id.encode()).digest())


def _letters(some: bytes) -> str:
    return "".join(ascii_letters[byte % len(ascii_letters)] for byte in some)
