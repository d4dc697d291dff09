"""The explainer: what each change of a change set really does.

    reading      AWS -> the two worlds (worlds): what stands, what is wanted
    evaluation   an expression of one template -> a term (terms, functions), as far as it can be known
    comparison   two terms -> the same, perhaps another, another
    fates        CloudFormation's changes + both worlds -> what becomes of each resource (pairs, order)
    reasons      back from a property to the parameter, the setting, the sibling that moves it
    effects      what that does to whoever uses it (interruptions)
    clashes      what will fail; hiding: what is not shown
    telling      all of that, as an Explanation

Only `reading` talks to AWS. What CloudFormation would replace is told by its change set (RequiresRecreation),
so that no copy of the provider schemas is needed where a deploy runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scripts.changes import Change
from scripts.deploy.explainer.clashes import taken
from scripts.deploy.explainer.fates import decide
from scripts.deploy.explainer.pairs import Facts, Pair, learn
from scripts.deploy.explainer.reasons import Origin
from scripts.deploy.explainer.telling import Line, Telling
from scripts.deploy.explainer.worlds import Standing, Wanted
from scripts.deploy.explanations import Explanation

__all__ = ["Standing", "Wanted", "explain"]


def explain(
    root: str,
    region: str,
    changes: Sequence[Change],
    standing: Standing | None,
    wanted: Wanted | None,
    *,
    pseudo: Mapping[str, str] | None = None,
    origin: Origin = lambda _parameter: "",
    line: Line = lambda _template, _logical_id: "",
) -> Explanation:
    """Explain the changes of a wave.

    `pseudo` are the values of `AWS::Region`, `AWS::AccountId` and their kin; `origin` says where a root's
    parameter comes from, `line` which source line made a template's resource. A world that could not be read
    is None: its changes are then told as CloudFormation tells them.
    """
    told = {change.logical_id: change for change in changes}
    pair = Pair((), standing, wanted, told, Facts(pseudo or {}))
    pair.open()
    learn(pair)
    decide(pair)
    telling = Telling(root, origin, line, taken(pair))
    return Explanation(root, region, tuple(telling.of(pair, changes)))
