"""A template's Conditions, as a picture needs them: does it hold here, and how would a person say it?

A toggle is unknown to whoever reads templates alone, so a condition has three answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.settings import FALSE, TRUE, Settings

#: What is written of the facts that are no choice of an environment; `{value}` is what they must be.
_FACTS = {
    Settings.region_role.key: "in the {value}",
    Settings.holds_edge.key: "in us-east-1",
    Settings.edge_apart.key: "us-east-1 apart",
    Settings.peer_ready.key: "once the peer stands",
}
#: No facts.
NOTHING: Mapping[str, str] = {}
_OFFERS = "offers_"
_PAIR = "in the primary or in the standby"


@dataclass(frozen=True)
class Conditions:
    """A template's Conditions section. `keys` are the settings by the Parameters that carry them."""

    formulas: Mapping[str, Any] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    def holds(self, name: str, facts: Mapping[str, str]) -> bool | None:
        """Whether a condition holds where these facts (by key) are so; None: a setting decides."""
        return self._holds({"Condition": name}, facts) if name else True

    def words(self, name: str, facts: Mapping[str, str] = NOTHING) -> str:
        """What it asks for: `waf`, or `aurora-global and in the primary` (a choice is its value).

        Of what the facts decide nothing is said.
        """
        return self._words({"Condition": name}, facts) if name else ""

    def _holds(self, formula: Mapping[str, Any], facts: Mapping[str, str]) -> bool | None:
        ((operator, operands),) = formula.items()
        if operator == "Condition":
            return self._holds(self.formulas[operands], facts)
        if operator == "Fn::Equals":
            left, right = (self._value(operand, facts) for operand in operands)
            return None if left is None or right is None else left == right
        answers = [self._holds(operand, facts) for operand in operands]
        match operator:
            case "Fn::Not":
                return None if answers[0] is None else not answers[0]
            case "Fn::And":
                decisive = False
            case "Fn::Or":
                decisive = True
            case _:
                return None
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    def _value(self, operand: object, facts: Mapping[str, str]) -> str | None:
        if isinstance(operand, str):
            return operand
        if isinstance(operand, Mapping) and "Ref" in operand:
            return facts.get(self._key(operand["Ref"]))
        return None

    def _key(self, parameter: str) -> str:
        return self.keys.get(parameter, parameter)

    def _words(self, formula: Mapping[str, Any], facts: Mapping[str, str]) -> str:
        ((operator, operands),) = formula.items()
        match operator:
            case "Condition":
                return self._words(self.formulas[operands], facts)
            case "Fn::Equals":
                return self._equality(*operands)
            case "Fn::Not":
                return _negated(self._words(operands[0], facts))
            case "Fn::And":
                return " and ".join(self._each(operands, facts))
            case "Fn::Or":
                either = " or ".join(self._each(operands, facts))
                return "in the pair" if either == _PAIR else either
        return operator.removeprefix("Fn::")

    def _each(self, operands: Iterable[Any], facts: Mapping[str, str]) -> Iterable[str]:
        open_ones = [one for one in operands if self._holds(one, facts) is None]
        return dict.fromkeys(self._words(one, facts) for one in open_ones)

    def _equality(self, left: object, right: object) -> str:
        key = self._key(left["Ref"]) if isinstance(left, Mapping) and "Ref" in left else str(left)
        value = right if isinstance(right, str) else str(right)
        if key in _FACTS and value != FALSE:
            return _FACTS[key].format(value=value)
        if key.startswith(_OFFERS):
            return "where offered"
        if value == TRUE:
            return key
        if value in (FALSE, ""):
            return f"no {key}"
        return f"{key} = {value}" if value.isdigit() else value


def _negated(words: str) -> str:
    """The opposite, of a simple condition; a compound one is put in brackets."""
    if " and " in words or " or " in words:
        return f"not ({words})"
    if words.startswith("no "):
        return words.removeprefix("no ")
    if words.startswith("in the "):
        return f"outside {words.removeprefix('in ')}"
    if " = " in words:
        return words.replace(" = ", " ≠ ")
    return f"not {words}"
