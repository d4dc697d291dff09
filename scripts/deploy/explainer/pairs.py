"""One stack in both worlds, and the stacks nested in it: where expressions of either world are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.changes import NESTED_STACK, Change
from scripts.deploy.explainer.comparison import Verdict
from scripts.deploy.explainer.evaluation import Scope
from scripts.deploy.explainer.identity import canonical, lasts
from scripts.deploy.explainer.terms import MASKED, Attribute, Call, Generation, Term, scalar
from scripts.deploy.explainer.worlds import Standing, Wanted
from scripts.deploy.explanations import Certainty

_OUTPUT = "Outputs."


@dataclass(frozen=True)
class Part:
    """A property, or another part, of a resource in both worlds."""

    name: str
    before: Term
    after: Term
    verdict: Verdict
    attribute: str = "Properties"


@dataclass(frozen=True)
class Fate:
    """What becomes of a resource.

    `generation` says who will answer for it, `touched` whether it is updated on the way. `restacked` is
    whether tags of the stack reach it, which no template tells.
    """

    certainty: Certainty
    replacement: Certainty | None = None
    generation: Generation = Generation.STANDING
    touched: bool = False
    parts: tuple[Part, ...] = ()
    restacked: bool = False


#: What becomes of what no change names.
UNTOUCHED = Fate(Certainty.PHANTOM)
MADE = Fate(Certainty.CERTAIN, generation=Generation.NEW)


@dataclass
class Facts:
    """What the resources that stand answer now, as far as it is known, and the stack's surroundings."""

    pseudo: Mapping[str, str] = field(default_factory=dict)
    answers: dict[tuple[tuple[str, ...], str], str] = field(default_factory=dict)

    def known(self, attribute: Attribute) -> Term | None:
        """The present answer of a resource that stands."""
        if attribute.generation is not Generation.STANDING:
            return None
        return self.answers.get((attribute.path, attribute.name))


@dataclass
class Pair:
    """A stack as it stands and as it is wanted; one of the two may be missing.

    `changes` are CloudFormation's, by logical id. `fates` fill up as they are decided, producers first.
    """

    path: tuple[str, ...]
    standing: Standing | None
    wanted: Wanted | None
    changes: dict[str, Change]
    facts: Facts
    parent: Pair | None = None
    before: Scope | None = None
    after: Scope | None = None
    fates: dict[str, Fate] = field(default_factory=dict)
    nested: dict[str, Pair] = field(default_factory=dict)

    def resource(self, logical_id: str, *, wanted: bool) -> Mapping[str, Any]:
        """A resource of either world's template; empty where it has none."""
        world = self.wanted if wanted else self.standing
        found: Mapping[str, Any] = (
            world.template.get("Resources", {}).get(logical_id, {}) if world else {}
        )
        return found

    def resources(self) -> dict[str, Any]:
        """The resources of both worlds; where they have one in common, the wanted."""
        before, after = (
            world.template.get("Resources", {}) if world else {}
            for world in (self.standing, self.wanted)
        )
        return {**before, **after}

    def open(self) -> None:
        """Make it ready for evaluation; of a nested one, the parent must be."""
        if self.standing is not None:
            self.before = self._scope(self.standing, self._refer_before, wanted=False)
        if self.wanted is not None:
            self.after = self._scope(self.wanted, self._refer_after, wanted=True)

    def child(self, logical_id: str) -> Pair | None:
        """The nested stack of a logical id, as it stands; what is wanted of it is added by `nest`."""
        if logical_id not in self.nested:
            standing = self.standing.nested.get(logical_id) if self.standing else None
            if standing is None:
                return None
            self._nest(logical_id, standing, None, {})
        return self.nested[logical_id]

    def nest(self, logical_id: str, wanted: Wanted | None, change: Change) -> Pair:
        """The nested stack that a change names, in both worlds."""
        held = self.child(logical_id)
        inside = {one.logical_id: one for one in change.inside}
        return self._nest(logical_id, held.standing if held else None, wanted, inside)

    def every(self) -> Iterator[Pair]:
        """This stack and those below it, parents first; those that nothing touches, too."""
        yield self
        for logical_id in self.standing.nested if self.standing else ():
            self.child(logical_id)
        for nested in self.nested.values():
            yield from nested.every()

    def type_of(self, logical_id: str) -> str:
        """A resource's type; as it is wanted, where it is."""
        for wanted in (True, False):
            if found := self.resource(logical_id, wanted=wanted):
                return str(found.get("Type", ""))
        return ""

    def _nest(
        self,
        logical_id: str,
        standing: Standing | None,
        wanted: Wanted | None,
        changes: dict[str, Change],
    ) -> Pair:
        path = (*self.path, logical_id)
        made = Pair(path, standing, wanted, changes, self.facts, self)
        self.nested[logical_id] = made
        made.open()
        return made

    def _scope(self, world: Standing | Wanted, refer: Any, *, wanted: bool) -> Scope:
        """Both worlds have the stack's own name and id: where it stands already, they stay."""
        pseudo: dict[str, Term] = dict(self.facts.pseudo)
        stack_id = self.standing.id if self.standing else ""
        pseudo["AWS::StackId"] = stack_id or Call("AWS::StackId", self.path)
        named = stack_id.split("/")[1] if stack_id.count("/") > 1 else ""
        pseudo["AWS::StackName"] = named or Call("AWS::StackName", self.path)
        scope = Scope(world.template, {}, refer, pseudo, self.facts.known, world.resolved)
        scope.parameters = self._given(world, wanted=wanted)
        return scope

    def _given(self, world: Standing | Wanted, *, wanted: bool) -> Mapping[str, Term]:
        """The parameters' values: of a nested stack, what its parent's template says."""
        above = (self.parent.after if wanted else self.parent.before) if self.parent else None
        if self.parent is None or above is None:
            return world.parameters
        resource = self.parent.resource(self.path[-1], wanted=wanted)
        given: Term = above.evaluate(resource.get("Properties", {}).get("Parameters", {}))
        if not isinstance(given, dict):
            return {}
        if wanted:
            return given
        return {name: self._deployed(name, term) for name, term in given.items()}

    def _deployed(self, name: str, term: Term) -> Term:
        """A literal that stands in the template; the deployed one, if somebody has changed it since."""
        told = self.standing.parameters.get(name, MASKED) if self.standing else MASKED
        return term if told == MASKED or scalar(term) is None else told

    def _refer_before(self, logical_id: str, attribute: str) -> Term:
        if attribute.startswith(_OUTPUT):
            child = self.child(logical_id)
            if child is not None and child.before is not None:
                return _output(child.before, child.path, attribute, Generation.STANDING)
        return self._attribute(logical_id, attribute, Generation.STANDING, wanted=False)

    def _refer_after(self, logical_id: str, attribute: str) -> Term:
        fate = self.fates.get(logical_id)
        if fate is None:
            fate = UNTOUCHED if self.standing and self._stands(logical_id) else MADE
        if attribute.startswith(_OUTPUT) and (child := self.nested.get(logical_id)):
            if child.after is not None:
                return _output(child.after, child.path, attribute, Generation.EITHER)
            if logical_id not in self.changes and child.before is not None:
                return _output(child.before, child.path, attribute, Generation.STANDING)
        elif attribute.startswith(_OUTPUT) and logical_id not in self.changes:
            return self._refer_before(logical_id, attribute)
        generation = fate.generation
        lasting = lasts(self.type_of(logical_id), attribute)
        if fate.touched and generation is Generation.STANDING and not lasting:
            generation = Generation.EITHER
        return self._attribute(logical_id, attribute, generation, wanted=True)

    def _attribute(
        self, logical_id: str, attribute: str, generation: Generation, *, wanted: bool
    ) -> Attribute:
        type = str(self.resource(logical_id, wanted=wanted).get("Type", ""))
        name = canonical(type, attribute)
        return Attribute((*self.path, logical_id), name, type, generation)

    def _stands(self, logical_id: str) -> bool:
        return self.standing is not None and logical_id in self.standing.resources


def _output(scope: Scope, path: tuple[str, ...], attribute: str, otherwise: Generation) -> Term:
    found = scope.template.get("Outputs", {}).get(attribute.removeprefix(_OUTPUT))
    if found is None or (
        "Condition" in found and scope.condition(str(found["Condition"])) is False
    ):
        return Attribute(path, attribute, NESTED_STACK, otherwise)
    return scope.evaluate(found.get("Value"))


def learn(root: Pair) -> None:
    """Fill in what is known of the resources that stand: their ids, and what stacks have handed on."""
    answers = root.facts.answers
    pairs = [pair for pair in root.every() if pair.standing is not None and pair.before is not None]
    for pair in pairs:
        assert pair.standing is not None
        for logical_id, physical_id in pair.standing.resources.items():
            if physical_id:
                answers[(*pair.path, logical_id), "Ref"] = physical_id
        for name, value in pair.standing.outputs.items():
            answers[pair.path, f"{_OUTPUT}{name}"] = value
    for pair in pairs:
        assert pair.standing is not None
        assert pair.before is not None
        for name, value in pair.standing.outputs.items():
            said = pair.standing.template.get("Outputs", {}).get(name, {})
            _learn(answers, pair.before.evaluate(said.get("Value")), value)
        for name, value in pair.standing.parameters.items():
            _learn(answers, pair.before.parameters.get(name), value)


def _learn(answers: dict[tuple[tuple[str, ...], str], str], term: Term, value: str) -> None:
    if isinstance(term, Attribute) and value != MASKED:
        answers.setdefault((term.path, term.name), value)
