"""The whole mechanism: layers, the ports between them, and the roots that nest them.

A layer is one nested template. Its class body names what it gives and what it takes; `build()` is its table
of contents. What is read is declared: reading an Input, a Handoff, a Lookup or a setting adds the Parameter
to this layer's template, so a parameter that nobody uses cannot exist.

    class Storefront(Layer):
        vpc_id = Input(Network.vpc_id)                            # a sibling's output
        logs_key_arn = Handoff(Foundation.logs_key_arn)           # an earlier root's output
        image_id = Lookup(PublicParameter("/aws/service/..."))    # what only AWS knows
        alb_arn = Output(example="arn:aws:...")

        def build(self) -> None:
            self.fleet()
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, TypeVar, overload

from troposphere import AWSObject, If, Parameter, Ref, Sub, Template
from troposphere import Output as CfnOutput

from generator.conditions import Condition
from generator.errors import BuildError
from generator.naming import PREFIX, kebab, pascal
from generator.settings import Setting, Settings

if TYPE_CHECKING:
    from generator.grants import Allowed, Trust

Resource = TypeVar("Resource", bound=AWSObject)

#: A variable of Fn::Sub that is no pseudo parameter.
VARIABLE = re.compile(r"\$\{(\w+)\}")

#: Where the modules of layers are.
_LAYERS = "generator.layers."

#: Parameter name -> setting.
SETTINGS = {setting.name: setting for setting in Settings.all()}


class Where(Enum):
    """Which region's stack an earlier root's output is read from."""

    OWN = "own"
    PEER = "peer"
    PRIMARY = "primary"
    STANDBY = "standby"
    EDGE = "edge"


@dataclass(frozen=True)
class ManagedPrefixList:
    """The id of an AWS-managed prefix list; `{region}` stands for the stack's."""

    prefix_list_name: str


@dataclass(frozen=True)
class PublicParameter:
    """The value of a public SSM parameter, pinned by the release (an AMI id, say)."""

    path: str


@dataclass(frozen=True)
class TableStream:
    """The stream ARN of this region's replica of a global table."""

    table: str


Question: TypeAlias = ManagedPrefixList | PublicParameter | TableStream


class Port:
    """A named value that crosses the border of a template."""

    owner: type[Layer]
    attribute: str

    def __set_name__(self, owner: type[Layer], attribute: str) -> None:
        self.owner, self.attribute = owner, attribute

    @property
    def name(self) -> str:
        """The name of the Parameter or Output."""
        return pascal(self.attribute)

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.attribute}"


class Output(Port):
    """What a layer gives. `type` is the type of the Parameter that receives it.

    `handed_on` also makes it an output of the root, for later roots to receive by `Handoff`. `example` is a
    value of the right shape, for resolving templates where no stack has been deployed.
    """

    def __init__(
        self, type: str = "String", *, example: str, help: str = "", handed_on: bool = False
    ) -> None:
        self.type, self.example, self.help, self.handed_on = type, example, help, handed_on

    @overload
    def __get__(self, layer: None, owner: type[Layer]) -> Output: ...
    @overload
    def __get__(self, layer: Layer, owner: type[Layer]) -> Any: ...
    def __get__(self, layer: Layer | None, owner: type[Layer]) -> Any:
        if layer is None:
            return self
        if self.attribute not in layer.given:
            raise BuildError(f"{self} is read before build() sets it")
        return layer.given[self.attribute]

    def __set__(self, layer: Layer, value: object) -> None:
        if self.attribute in layer.given:
            raise BuildError(f"{self} is set twice")
        layer.given[self.attribute] = value
        described = {"Description": self.help} if self.help else {}
        layer.template.add_output(CfnOutput(self.name, Value=value, **described))


class Received(Port):
    """A value from outside: reading it gives a `Ref` and declares the Parameter."""

    def __init__(self, type: str, example: str) -> None:
        self.type, self.example = type, example

    @overload
    def __get__(self, layer: None, owner: type[Layer]) -> Received: ...
    @overload
    def __get__(self, layer: Layer, owner: type[Layer]) -> Ref: ...
    def __get__(self, layer: Layer | None, owner: type[Layer]) -> Received | Ref:
        return self if layer is None else layer.receive(self)


class Input(Received):
    """A sibling layer's output. It is never split or selected: that breaks nested change sets."""

    def __init__(self, source: object) -> None:
        if not isinstance(source, Output):
            raise BuildError(f"an Input takes a layer's Output, not {source!r}")
        super().__init__(source.type, source.example)
        self.source = source


class Handoff(Received):
    """An output of an earlier root, in this or another region; the planner reads it and passes it on.

    It is empty where there is nothing to hand on (the primary asking for the PRIMARY's output of its own
    root, a peer that does not stand yet), so a template guards its use by a condition.
    """

    def __init__(self, source: object, *, of: Where = Where.OWN) -> None:
        if not isinstance(source, Output):
            raise BuildError(f"a Handoff takes a layer's Output, not {source!r}")
        if not source.handed_on:
            raise BuildError(
                f"{source} is not handed on by its root: declare it with handed_on=True"
            )
        super().__init__("String", source.example)
        self.source, self.of = source, of


class Lookup(Received):
    """A value that only a read-only call to AWS knows; the planner asks, and records the answer."""

    def __init__(self, question: Question, *, example: str, type: str = "String") -> None:
        super().__init__(type, example)
        self.question = question


Source: TypeAlias = Setting | Received


class Layer:
    """One template: its ports, its resources, and what they read."""

    #: The stack is created only where this holds.
    condition: ClassVar[Condition | None] = None

    def __init_subclass__(cls) -> None:
        taken = {"template", "settings", "given", "sources", "lines", *vars(Layer)}
        for port in cls.ports():
            if port.attribute in taken:
                raise BuildError(f"{port} hides what every layer has: give the port another name")

    def __init__(self) -> None:
        self.template = Template()
        self.template.set_description(f"Tradewind {self.file_stem()}: {self.purpose()}")
        self.settings = Settings(self._read)
        self.given: dict[str, object] = {}
        self.sources: dict[str, Source] = {}
        #: Logical id -> the source line that adds it, as in `generator/layers/orders.py:57`.
        self.lines: dict[str, str] = {}
        try:
            self.build()
        except (
            ValueError
        ) as error:  # troposphere's word for a quota, a duplicate or a wrong property
            raise BuildError(f"{type(self).__name__}: {error}") from error
        self._check()

    def build(self) -> None:
        """Add the layer's resources, one method for each part of it."""
        raise NotImplementedError

    @classmethod
    def stack_id(cls) -> str:
        """The logical id of the nested stack."""
        return cls.__name__

    @classmethod
    def file_stem(cls) -> str:
        """The template's file name, without its ending."""
        return kebab(cls.__name__)

    @classmethod
    def purpose(cls) -> str:
        """The first line of the class's docstring."""
        return (cls.__doc__ or "").strip().splitlines()[0].rstrip(".")

    @classmethod
    def ports(cls) -> Iterator[Port]:
        """Every port, those of base classes first."""
        for base in reversed(cls.__mro__):
            yield from (port for port in vars(base).values() if isinstance(port, Port))

    def add(self, resource: Resource) -> Resource:
        """Add a resource to the template."""
        if resource.title in self.template.resources:
            raise BuildError(f"{type(self).__name__} adds two resources named {resource.title}")
        self.lines[str(resource.title)] = _line(type(self).__module__)
        return self.template.add_resource(resource)

    def when(self, condition: Condition) -> str:
        """The condition's name, for a resource's `Condition=`; declared here on first use."""
        if not condition.name:
            raise BuildError(
                f"{type(self).__name__} uses a condition without a name: name it in Conditions"
            )
        condition.declare(self._read, self.template.conditions)
        return condition.name

    def only(self, condition: Condition | None) -> dict[str, Any]:
        """`**self.only(condition)`: the attribute of a resource that exists only where it holds."""
        return {"Condition": self.when(condition)} if condition else {}

    def choose(self, condition: Condition, then: object, otherwise: object) -> If:
        """One of two values, by a condition."""
        return If(self.when(condition), then, otherwise)

    def sub(self, text: str, **values: Any) -> Sub:
        """Fn::Sub; a setting that the text names, as in `shop.${DomainName}`, is thereby read.

        Raises BuildError for a variable that is neither a setting, nor in `values`, nor a resource so far.
        """
        for name in VARIABLE.findall(text):
            if name in values or name in self.template.resources:
                continue
            if name not in SETTINGS:
                raise BuildError(f"{type(self).__name__} substitutes {name}, which is no setting")
            self._read(SETTINGS[name])
        return Sub(text, **values)

    def named(self, purpose: str) -> Sub:
        """The derived name of something that this region holds once: it carries environment and region."""
        return self.sub(f"{PREFIX}-${{Environment}}-{purpose}-${{AWS::Region}}")

    def named_everywhere(self, purpose: str) -> Sub:
        """The derived name of something that both regions know by one name, such as a global table."""
        return self.sub(f"{PREFIX}-${{Environment}}-{purpose}")

    def role(
        self, title: str, *, trusted: Trust, allows: Iterable[Allowed], **properties: Any
    ) -> AWSObject:
        """An IAM role that may do what its grants say, under a boundary: `under="runtime"`, or "service"."""
        from generator.grants import role

        return self.add(role(self, title, trusted, allows, **properties))

    def receive(self, port: Received) -> Ref:
        """Declare the Parameter of a received value; give its `Ref`."""
        return self._declare(port.name, port, Type=port.type)

    def _read(self, setting: Setting) -> Ref:
        return self._declare(setting.name, setting, Type=setting.type, **setting.constraints())

    def _declare(self, name: str, source: Source, **properties: object) -> Ref:
        known = self.sources.setdefault(name, source)
        if known is not source:
            raise BuildError(
                f"{type(self).__name__}: the parameter {name} would mean both {known} and {source}"
            )
        if name not in self.template.parameters:
            self.template.add_parameter(Parameter(name, **properties))
        return Ref(name)

    def _check(self) -> None:
        name = type(self).__name__
        for port in self.ports():
            match port:
                case Output() if port.attribute not in self.given:
                    raise BuildError(f"{name} never sets its output {port.attribute}")
                case Received() if self.sources.get(port.name) is not port:
                    raise BuildError(f"{name} never reads {port.attribute}: remove it")


def _line(module: str) -> str:
    """The innermost line of a layer's that leads to `add`, whatever it goes through; else who called it."""
    frame = inspect.currentframe()
    nearest = ""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        place = f"{name.replace('.', '/')}.py:{frame.f_lineno}"
        if name == module or name.startswith(_LAYERS):
            return place
        if not nearest and name != __name__:
            nearest = place
        frame = frame.f_back
    return nearest
