"""IAM: who may do more than before, statement by statement, and what of it nobody should be given unsaid.

Shown is every widening. Refused are: every action of a service, or any resource where AWS offers a narrower
one; strangers, that is everybody or another account; a permissions boundary that goes; a policy that cannot
be read before it is deployed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scripts.deploy.explanations import Certainty, Explained, Explanation, Value
from scripts.deploy.gates.breadth import bound, is_star_action, is_star_resource, strangers
from scripts.deploy.gates.findings import Concern, Finding, of
from scripts.deploy.gates.policies import (
    ATTACHED,
    IN_PIECES,
    OUTLIVED,
    Document,
    Kind,
    documents,
)
from scripts.deploy.gates.statements import Effect, Statement, Terms, Unreadable, parsed
from scripts.deploy.gates.worlds import is_whole, worlds

#: Patterns that a sentence names before it counts the rest.
_NAMED = 6

#: Condition keys by which a policy refuses what is not encrypted on its way.
_TRANSPORT = ("aws:securetransport", "s3:tlsversion")

_OF = {
    Kind.TRUST: "its trust policy",
    Kind.IDENTITY: "its policy",
    Kind.BOUNDARY: "its boundary",
    Kind.RESOURCE: "its resource policy",
}


def permissions(explanation: Explanation, account: str) -> Iterator[Finding]:
    """Who may do more; `account` is the environment's own."""
    changes = [one for one in explanation.changes if one.certainty is not Certainty.PHANTOM]
    removed = [one for one in changes if one.change.action == "Remove"]
    gone = {one.change.physical_id for one in removed if one.change.physical_id}
    heirs = dict[tuple[str, ...], Explained]()
    for one in changes:
        if one.change.action == "Add" and (heir := _predecessor(one, removed)):
            heirs[heir.path] = one
            yield from _of_change(replace(one, before=heir.before), account)
        elif one.change.action != "Remove":
            yield from _of_change(one, account)
    for one in removed:
        if one.path not in heirs and one.change.type in OUTLIVED and not _goes_along(one, gone):
            yield from _withdrawn(one, documents(one.change.type, one.before or {}))


def _predecessor(one: Explained, removed: Sequence[Explained]) -> Explained | None:
    """The policy of the same resource that goes: by another logical id it is the same policy."""
    place = ATTACHED.get(one.change.type)
    if place is None or one.after is None:
        return None
    for other in removed:
        same = other.change.type == one.change.type and other.before is not None
        if same and (other.before or {}).get(place) == one.after.get(place):
            return other
    return None


def _of_change(one: Explained, account: str) -> Iterator[Finding]:
    if one.change.type in IN_PIECES and not is_whole(one):
        words = "would allow something else, which cannot be compared"
        yield of(one, Concern.IAM_UNREADABLE, words)
        return
    before, after = worlds(one)
    if one.change.action == "Add":  # of an heir, what its predecessor allowed
        before = one.before
    stood = {held.place: held for held in documents(one.change.type, before or {})}
    stands = {held.place: held for held in documents(one.change.type, after)}
    for place, document in stands.items():
        yield from _compared(one, stood.get(place), document, account)
    yield from _withdrawn(one, (held for place, held in stood.items() if place not in stands))
    yield from _attachments(one, before, after)


def _goes_along(one: Explained, gone: Collection[str]) -> bool:
    """Whether what a policy is attached to goes, too: then nothing is left that it denied."""
    target = (one.before or {}).get(ATTACHED.get(one.change.type, ""), ())
    targets = target if isinstance(target, list) else [target]
    return bool(targets) and all(
        any(held == each or held.endswith((f"/{each}", f":{each}")) for held in gone)
        for each in map(str, targets)
    )


def _compared(
    one: Explained, stood: Document | None, stands: Document, account: str
) -> Iterator[Finding]:
    """One policy, before and after."""
    if stood is not None and stood.content == stands.content:
        return
    try:
        before = parsed(stood.content) if stood is not None else ()
        after = parsed(stands.content)
    except Unreadable:
        words = f"would have another policy ({_OF[stands.kind]}), which cannot be read"
        yield of(one, Concern.IAM_UNREADABLE, words)
        return
    fresh = tuple(_widenings(before, after))
    for widening in fresh:
        yield from _refusals(one, stands, widening, account)
    if stood is None and one.change.action == "Add" and fresh:
        names = _listed([w.statement.sid or str(w.statement.actions) for w in fresh])
        words = f"would be new, and {_OF[stands.kind]} allows: {names}"
        yield of(one, Concern.IAM_WIDENED, words, refuses=False)
    else:
        for widening in fresh:
            words = f"would, by {_named(stands, widening.statement)}, {widening.words(stands.kind)}"
            yield of(
                one,
                Concern.IAM_WIDENED,
                words,
                _statement(widening.counterpart),
                _statement(widening.statement),
                refuses=False,
            )
    yield from _undenied(one, stands, before, after)


@dataclass(frozen=True)
class _Widening:
    """What a statement newly allows, and the statement that it was before, if it was one."""

    statement: Statement
    actions: Terms
    resources: Terms
    principals: Terms
    counterpart: Statement | None

    def words(self, kind: Kind) -> str:
        """`allow sqs:SendMessage on arn:...`."""
        who = _listed(self.principals.patterns)
        does = _listed(self.actions.patterns)
        does = f"everything but {does}" if self.actions.but else does
        where = _listed(self.resources.patterns)
        match kind:
            case Kind.TRUST:
                said = f"let {who} be this role ({does})"
            case Kind.RESOURCE:
                said = f"allow {who} {does} on {where}"
            case _:
                said = f"allow {does} on {where}"
        if self.counterpart is None:
            return said
        lost = self.counterpart.stricter(self.statement)
        return f"{said}, no longer only if {_listed(map(str, lost))}" if lost else said


def _widenings(before: Sequence[Statement], after: Sequence[Statement]) -> Iterator[_Widening]:
    """What is allowed after and was not before, however it was written."""
    allowed = _that("Allow", before)
    for statement, fresh in _uncovered(_that("Allow", after), allowed):
        yield _Widening(
            statement,
            _joined([atom.actions for atom in fresh]),
            _joined([atom.resources for atom in fresh]),
            _joined([atom.principals for atom in fresh]),
            _counterpart(statement, allowed),
        )


def _that(effect: Effect, statements: Sequence[Statement]) -> list[Statement]:
    return [one for one in statements if one.effect == effect]


def _uncovered(
    statements: Sequence[Statement], by: Sequence[Statement]
) -> Iterator[tuple[Statement, list[Statement]]]:
    """The statements that none of the others covers, nor all of them together, and what is left of each."""
    for statement in statements:
        if any(one.covers(statement) for one in by):
            continue
        left = [atom for atom in statement.atoms() if not any(one.covers(atom) for one in by)]
        if left:
            yield statement, left


def _joined(terms: Sequence[Terms]) -> Terms:
    return Terms(frozenset().union(*(one.patterns for one in terms)), terms[0].but)


def _counterpart(statement: Statement, allowed: Sequence[Statement]) -> Statement | None:
    """The statement of before that this one was: by its Sid, else by what both speak of."""
    for one in allowed:
        if statement.sid and one.sid == statement.sid:
            return one
    alike = [
        one
        for one in allowed
        if one.actions.patterns & statement.actions.patterns
        and (one.resources.patterns & statement.resources.patterns)
    ]
    return alike[0] if alike else None


def _refusals(
    one: Explained, document: Document, widening: _Widening, account: str
) -> Iterator[Finding]:
    """What of a widening nobody should be given unsaid."""
    if document.kind is Kind.BOUNDARY:
        return
    statement, where = widening.statement, _named(document, widening.statement)
    before, after = _statement(widening.counterpart), _statement(statement)
    if widening.actions.but:
        words = f"would, by {where}, allow {statement.actions}"
        yield of(one, Concern.IAM_STAR, words, before, after)
    elif stars := sorted(filter(is_star_action, widening.actions.patterns)):
        words = f"would, by {where}, allow every action of {_listed(stars)}"
        yield of(one, Concern.IAM_STAR, words, before, after)
    if document.kind is Kind.IDENTITY and is_star_resource(widening.actions, widening.resources):
        words = f"would, by {where}, allow {_listed(widening.actions.patterns)} on any resource"
        yield of(one, Concern.IAM_STAR, words, before, after)
    if document.kind in (Kind.TRUST, Kind.RESOURCE) and not bound(statement, account):
        who = sorted(strangers(widening.principals, account))
        if who:
            words = f"would, by {where}, trust {_listed(who)}, beyond account {account}"
            yield of(one, Concern.IAM_STRANGER, words, before, after)


def _undenied(
    one: Explained, document: Document, before: Sequence[Statement], after: Sequence[Statement]
) -> Iterator[Finding]:
    """What was denied and is not any more."""
    for statement, _ in _uncovered(_that("Deny", before), _that("Deny", after)):
        yield _lifted(one, document, statement)


def _withdrawn(one: Explained, held: Iterator[Document]) -> Iterator[Finding]:
    """Policies that go, with what they denied."""
    for document in held:
        try:
            statements = parsed(document.content)
        except Unreadable:
            continue
        yield from _undenied(one, document, statements, ())


def _lifted(one: Explained, document: Document, statement: Statement) -> Finding:
    words = f"would no longer deny what {_named(document, statement)} denies"
    keys = {condition.key.lower() for condition in statement.conditions}
    if keys & {*_TRANSPORT}:
        return of(one, Concern.TLS_LOWERED, f"{words}: access without TLS", _statement(statement))
    return of(one, Concern.IAM_WIDENED, words, _statement(statement), refuses=False)


def _attachments(
    one: Explained, before: Mapping[str, Value] | None, after: Mapping[str, Value]
) -> Iterator[Finding]:
    """Policies by reference, to whom a policy is attached, and the boundary."""
    stood = before or {}
    for policy in _new(stood.get("ManagedPolicyArns"), after.get("ManagedPolicyArns")):
        if is_star_action(policy):
            yield of(one, Concern.IAM_STAR, f"would be given {policy}", None, policy)
        elif one.change.action != "Add":
            words = f"would be given the policy {policy}"
            yield of(one, Concern.IAM_WIDENED, words, None, policy, refuses=False)
    for kind in ("Roles", "Users", "Groups") if one.change.type.startswith("AWS::IAM::") else ():
        for name in _new(stood.get(kind), after.get(kind)) if before is not None else ():
            words = f"would be attached to {name}, too"
            yield of(one, Concern.IAM_WIDENED, words, None, name, refuses=False)
    had, has = stood.get("PermissionsBoundary"), after.get("PermissionsBoundary")
    if had and not has:
        yield of(one, Concern.IAM_BOUNDARY_LOST, "would be under no boundary", had)
    elif had and had != has:
        words = f"would be under another boundary: {has}"
        yield of(one, Concern.IAM_WIDENED, words, had, has, refuses=False)


def _new(stood: Value, stands: Value) -> list[str]:
    """What a list has more of than before; what cannot be known counts one by one."""
    had = list(map(str, stood)) if isinstance(stood, list) else []
    fresh = []
    for each in map(str, stands) if isinstance(stands, list) else ():
        if each in had:
            had.remove(each)
        else:
            fresh.append(each)
    return fresh


def _named(document: Document, statement: Statement) -> str:
    place = f" {document.place}" if document.place.startswith("Policies[") else ""
    of_what = f"{_OF[document.kind]}{place}"
    return f"statement {statement.sid} of {of_what}" if statement.sid else of_what


def _statement(statement: Statement | None) -> str | None:
    """A statement as a line."""
    if statement is None:
        return None
    said = f"{statement.effect} {statement.actions} on {statement.resources}"
    who = "" if statement.principals.patterns == {"*"} else f" to {statement.principals}"
    ifs = (
        " if " + " and ".join(sorted(map(str, statement.conditions)))
        if statement.conditions
        else ""
    )
    return f"{said}{who}{ifs}"


def _listed(names: Collection[str] | Iterator[str]) -> str:
    several = sorted(names)
    more = len(several) - _NAMED
    return ", ".join(several[:_NAMED]) + (f" and {more} more" if more > 0 else "")
