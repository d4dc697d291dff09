"""What may be a card number: 13 to 19 digits, grouped or not, of which the last is their check digit.

It is asked of text that has no reason to hold one, so some that is none is found too; a UUID is passed by.
"""

import re

SHORTEST, LONGEST = 13, 19

UUID = re.compile(r"(?<![0-9a-f-])[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f-])")
RUN = re.compile(r"[0-9](?:[ ._-]?[0-9]){12,}")


def holds_card_number(text):
    """Whether any digits in it, wherever they begin, are one."""
    return any(
        checked(digits[start : start + length])
        for run in RUN.findall(UUID.sub(" ", text))
        for digits in [re.sub("[^0-9]", "", run)]
        for length in range(SHORTEST, LONGEST + 1)
        for start in range(len(digits) - length + 1)
    )


def checked(digits):
    """Luhn's check, ISO/IEC 7812-1: every other digit from the right counts double."""
    doubled = [sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2]]
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
