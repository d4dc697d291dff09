"""The explainer's table of cases, by what is at stake. Written before the explainer was."""

from tests.unit.deploy.explainer.case import Case
from tests.unit.deploy.explainer.cases import comings, phantoms, replacements, updates

CASES: tuple[Case, ...] = (
    *phantoms.CASES,
    *replacements.CASES,
    *updates.CASES,
    *comings.CASES,
)
