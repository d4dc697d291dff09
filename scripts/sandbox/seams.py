"""Every private name of ministack that the sandbox leans on or replaces, declared once.

Private names may move in any release. `check` is run at start-up, before anything is replaced, so that
another ministack is named as the cause in one sentence instead of failing somewhere later; and
`Seam.replace` is the only way in, so that nothing undeclared can be replaced.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from operator import attrgetter
from typing import Any

from scripts.errors import Failed

MINISTACK_VERSION = "1.5.33"

_APP = "ministack.app"
_PERSISTENCE = "ministack.core.persistence"
_ROUTER = "ministack.core.router"
_CLOUDFORMATION = "ministack.services.cloudformation"
_HANDLERS = f"{_CLOUDFORMATION}.handlers"
_STACKS = f"{_CLOUDFORMATION}.stacks"
_CHANGE_SETS = f"{_CLOUDFORMATION}.changesets"
_PROVISIONERS = f"{_CLOUDFORMATION}.provisioners"
_ENGINE = f"{_CLOUDFORMATION}.engine"
_HELPERS = f"{_CLOUDFORMATION}.helpers"

_EVENT = "stack_id stack_name logical_id resource_type status reason physical_id detailed_status"
_DEPLOY = (
    "stack_name stack_id template param_values disable_rollback tags is_update previous_stack "
    "retain_except_on_create imports"
)


class SeamMissing(Failed):
    """The ministack at hand is not built as the sandbox expects."""


class Kind(Enum):
    """What stands at a seam."""

    FUNCTION = "a function"
    COROUTINE = "a coroutine function"
    MAPPING = "a mapping"
    VALUE = "a value"


@dataclass(frozen=True)
class Seam:
    """A private name: an attribute of a module (or, dotted, of its class), or a key of a mapping there.

    `parameters` are a function's parameter names in order; they are what a replacement must accept.
    """

    module: str
    attribute: str
    key: str | None = None
    kind: Kind = Kind.FUNCTION
    parameters: tuple[str, ...] | None = None
    used_by: str = ""

    def __str__(self) -> str:
        entry = f"[{self.key!r}]" if self.key is not None else ""
        return f"{self.module}.{self.attribute}{entry}"

    @property
    def value(self) -> Any:
        """What stands there now. Raises AttributeError, KeyError or ImportError."""
        held = attrgetter(self.attribute)(importlib.import_module(self.module))
        return held if self.key is None else held[self.key]

    def replace(self, new: Any) -> Any:
        """Put `new` there and return what stood there."""
        old = self.value
        module = importlib.import_module(self.module)
        path, _, name = self.attribute.rpartition(".")
        holder = attrgetter(path)(module) if path else module
        if self.key is None:
            setattr(holder, name, new)
        else:
            getattr(holder, name)[self.key] = new
        return old

    def problem(self) -> str | None:
        """How what stands there differs from what is declared, or None."""
        try:
            held = self.value
        except (AttributeError, KeyError, ImportError, TypeError):
            return "is not there"
        match self.kind:
            case Kind.MAPPING:
                fits = hasattr(held, "get") and hasattr(held, "items")
            case Kind.COROUTINE:
                fits = inspect.iscoroutinefunction(held)
            case Kind.FUNCTION:
                fits = callable(held) and not inspect.iscoroutinefunction(held)
            case Kind.VALUE:
                fits = not callable(held)
        if not fits:
            return f"is not {self.kind.value}"
        if self.parameters is not None:
            found = tuple(inspect.signature(held).parameters)
            if found != self.parameters:
                return f"takes ({', '.join(found)}) and not ({', '.join(self.parameters)})"
        return None


def installed_version() -> str:
    """The version of ministack at hand, or `none`."""
    try:
        return version("ministack")
    except PackageNotFoundError:
        return "none"


def check(seams: Iterable[Seam]) -> None:
    """Raise SeamMissing for the first seam that is not as declared."""
    for seam in seams:
        problem = seam.problem()
        if problem is not None:
            raise SeamMissing(
                f"The sandbox leans on {seam} ({seam.used_by}), which {problem}: "
                f"ministack {installed_version()} is installed, {MINISTACK_VERSION} is expected.",
                fix=f"Install the pinned emulator: pip install ministack=={MINISTACK_VERSION}",
            )


def _function(module: str, name: str, parameters: str, used_by: str) -> Seam:
    return Seam(module, name, None, Kind.FUNCTION, tuple(parameters.split()), used_by)


def _coroutine(module: str, name: str, parameters: str, used_by: str) -> Seam:
    return Seam(module, name, None, Kind.COROUTINE, tuple(parameters.split()), used_by)


def _mapping(module: str, name: str, used_by: str) -> Seam:
    return Seam(module, name, None, Kind.MAPPING, None, used_by)


def _action(name: str, used_by: str) -> Seam:
    return Seam(_HANDLERS, "_ACTION_HANDLERS", name, Kind.FUNCTION, ("params",), used_by)


# The stores of CloudFormation, keyed by account and region.
STACKS = _mapping(_CLOUDFORMATION, "_stacks", "stack records")
STACK_EVENTS = _mapping(_CLOUDFORMATION, "_stack_events", "event streams")
EXPORTS = _mapping(_CLOUDFORMATION, "_exports", "exports")
CHANGE_SETS = _mapping(_CLOUDFORMATION, "_change_sets", "change sets")
SCOPED_ENTRIES = Seam(
    "ministack.core.responses",
    "AccountRegionScopedDict._data",
    None,
    Kind.VALUE,
    None,
    "what every account and region holds",
)

# Nested stacks.
RESOURCE_HANDLERS = _mapping(_PROVISIONERS, "_RESOURCE_HANDLERS", "status")
NESTED_STACK = Seam(
    _PROVISIONERS,
    "_RESOURCE_HANDLERS",
    "AWS::CloudFormation::Stack",
    Kind.MAPPING,
    None,
    "nested stacks",
)
REPLACING_PROPERTIES = _mapping(
    _PROVISIONERS, "_REPLACING_PROPERTIES", "nested stacks are never replaced"
)
REPLACING_CHANGE = _function(
    _PROVISIONERS, "_replacing_change", "resource_type old_props new_props", "stack policies"
)
UPDATE_RESOURCE = _function(
    _STACKS,
    "_update_resource",
    "resource_type physical_id old_props new_props stack_name logical_id old_attrs",
    "an update visits every nested stack and what changed; stack policies",
)
PROVISION_RESOURCE = _function(
    _STACKS,
    "_provision_resource",
    "resource_type logical_id props stack_name",
    "a name that is taken is refused",
)
RENAME_REPLACEMENT = _function(
    _PROVISIONERS,
    "_rename_replacement",
    "physical_id old_props new_props stack_name logical_id declared_name current_name create_fn "
    "delete_fn delete_when_id_unchanged",
    "what was deleted behind CloudFormation's back is missed",
)
ADD_EVENT = _function(
    _STACKS,
    "_add_event",
    _EVENT,
    "events carry physical ids, and tell changes only",
)
WITH_STACK_TAGS = _function(
    _STACKS,
    "_with_stack_tags",
    "resource_type props stack_tags stack_name stack_id logical_id",
    "stack-level tags of a fleet propagate to its instances",
)
RESOURCE_POLICY = _function(
    _STACKS,
    "_resource_policy",
    "res_def attribute resources params conditions mappings stack_name stack_id",
    "RetainExceptOnCreate in a nested stack",
)
ROLL_BACK_OPERATION = _coroutine(
    _STACKS,
    "_roll_back_operation",
    "stack_name stack_id stack operation reason_override",
    "a failing nested stack leaves nothing behind",
)
ROLL_BACK_OPERATION_ON_REQUEST = _coroutine(
    _HANDLERS,
    "_roll_back_operation",
    "stack_name stack_id stack operation reason_override",
    "RollbackStack",
)
CLIENT_REQUEST_TOKEN = Seam(
    _STACKS,
    "CLIENT_REQUEST_TOKEN",
    None,
    Kind.VALUE,
    None,
    "nested stacks share the operation's token",
)
RESOLVE_DOCUMENT = _function(
    _HELPERS, "_resolve_document", "params body_key url_key label", "template URLs"
)
NO_UPDATES = _function(
    _HANDLERS,
    "_stack_has_no_updates",
    "stack template param_values tags use_previous_template tags_given",
    "a child's template may change behind the same URL",
)
CALL_SERVICE_HANDLER = _function(
    _APP,
    "call_service_handler_sync",
    "handler method path headers body query_params timeout",
    "nested stacks call the event loop",
)
HANDLE_CLOUDFORMATION = _coroutine(
    _CLOUDFORMATION,
    "handle_request",
    "method path headers body query_params",
    "nested stacks call the API",
)

CONTINUE_UPDATE_ROLLBACK = _action(
    "ContinueUpdateRollback", "the rollback of a tree is continued from its root"
)

# What AWS refuses.
CAPABILITIES_ENFORCED = _function(_HANDLERS, "_capabilities_enforced", "", "capabilities")

# Change sets.
CREATE_CHANGE_SET = _action("CreateChangeSet", "nested change sets")
DESCRIBE_CHANGE_SET = _action("DescribeChangeSet", "nested change sets")
EXECUTE_CHANGE_SET = _action("ExecuteChangeSet", "nested change sets")
DELETE_CHANGE_SET = _action("DeleteChangeSet", "nested change sets")
LIST_CHANGE_SETS = _action("ListChangeSets", "nested change sets")
TRACK_EXECUTION = _coroutine(
    _CHANGE_SETS,
    "_track_change_set_execution",
    "change_set stack deploy_coro",
    "a root's execution executes its tree",
)
DROP_OTHER_CHANGE_SETS = _function(
    _CHANGE_SETS,
    "_drop_other_change_sets",
    "stack_id executed_cs_id",
    "no change set of a child outlives its root's",
)
PROPERTIES_FOR_DIFF = _function(
    _CHANGE_SETS,
    "_resolve_props_for_diff",
    "template params stack_name stack_id",
    "conditions in change sets",
)
RESOLVE_REFS = _function(
    _ENGINE,
    "_resolve_refs",
    "value resources params conditions mappings stack_name stack_id",
    "values of nested parameters",
)
EVALUATE_CONDITIONS = _function(
    _ENGINE, "_evaluate_conditions", "template params", "conditions in change sets"
)
SORT_RESOURCES = _function(
    _ENGINE,
    "_topological_sort",
    "resources conditions",
    "nested change sets in order of dependency",
)
REFERENCES = _function(
    _ENGINE, "_intrinsic_references", "value", "what a nested parameter depends on"
)
RESOLVE_PARAMETERS = _function(
    _ENGINE,
    "_resolve_parameters",
    "template provided_params previous_params",
    "parameters of nested change sets",
)
CREATE_STACK = _action("CreateStack", "what AWS refuses")
UPDATE_STACK = _action("UpdateStack", "what AWS refuses; stack policies")
DELETE_STACK = _action("DeleteStack", "what AWS refuses")

# Exports, stack policies, parameters.
RESOLVE_OUTPUTS = _function(
    _STACKS,
    "_resolve_stack_outputs",
    "outputs_defs conditions resources param_values mappings stack_name stack_id",
    "exports",
)
IMPORTED_NAMES = _function(_HANDLERS, "_imported_export_names", "stack stack_name", "exports")
DEPLOY_UPDATE = _coroutine(_HANDLERS, "_deploy_stack_async", _DEPLOY, "stack policies")
DEPLOY_CHANGE_SET = _coroutine(_CHANGE_SETS, "_deploy_stack_async", _DEPLOY, "stack policies")
SET_STACK_POLICY = _action("SetStackPolicy", "stack policies")
PARAMETERS_OF_STACKS = _function(
    _HANDLERS,
    "_resolve_parameters",
    "template provided_params previous_params",
    "parameters that AWS refuses",
)
PARAMETERS_OF_CHANGE_SETS = _function(
    _CHANGE_SETS,
    "_resolve_parameters",
    "template provided_params previous_params",
    "parameters that AWS refuses",
)

# Templates.
PARSE_FOR_STACKS = _function(
    _HANDLERS, "_parse_template", "template_body", "what is not well-formed"
)
PARSE_FOR_CHANGE_SETS = _function(
    _CHANGE_SETS, "_parse_template", "template_body", "what is not well-formed"
)
SUPPORT_FOR_STACKS = _function(
    _HANDLERS,
    "validate_template_support",
    "template conditions params",
    "templates that AWS refuses",
)
SUPPORT_FOR_CHANGE_SETS = _function(
    _CHANGE_SETS,
    "validate_template_support",
    "template conditions params",
    "templates that AWS refuses",
)

# Events, deletions.
ADD_EVENT_OF_REQUESTS = _function(
    _HANDLERS, "_add_event", _EVENT, "events that a request begins with"
)
ADD_EVENT_OF_CHANGE_SETS = _function(
    _CHANGE_SETS, "_add_event", _EVENT, "events that an execution begins with"
)
DELETE_RESOURCE = _function(
    _STACKS,
    "_delete_resource",
    "resource_type physical_id props stack_name logical_id",
    "the cleanup of an update",
)
DELETE_ASYNC = _coroutine(
    _STACKS,
    "_delete_stack_async",
    "stack_name stack_id retain_resources force",
    "deleted stacks",
)
DELETE_ASYNC_ON_REQUEST = _coroutine(
    _HANDLERS,
    "_delete_stack_async",
    "stack_name stack_id retain_resources force",
    "deleted stacks",
)

# Descriptions.
DESCRIBE_STACK_EVENTS = _action("DescribeStackEvents", "descriptions of events")
DESCRIBE_STACK_RESOURCE = _action("DescribeStackResource", "stacks that are not there")
DESCRIBE_STACK_RESOURCES = _action("DescribeStackResources", "stacks that are not there")
LIST_STACK_RESOURCES = _action("ListStackResources", "stacks that are not there")
GET_TEMPLATE = _action("GetTemplate", "stacks that are not there")
GET_TEMPLATE_SUMMARY = _action("GetTemplateSummary", "summaries of templates")
VALIDATE_TEMPLATE = _action("ValidateTemplate", "summaries of templates")
DESCRIBE_STACKS = _action("DescribeStacks", "descriptions of stacks")
LIST_STACKS = _action("ListStacks", "descriptions of stacks")

# State.
SAVE_ALL = _function(_APP, "save_all", "services", "snapshots")
SAVERS = _function(_APP, "_build_persistence_save_dict", "", "snapshots")
ENCODE_STATE = _function(_PERSISTENCE, "_json_default", "obj", "snapshots")
STATE_FORMAT = _function(_PERSISTENCE, "_state_format_version", "service", "snapshots")
SERVICE_HANDLERS = _mapping(_APP, "SERVICE_HANDLERS", "calls nothing answers")
IS_SERVICE = _function(
    _ROUTER, "_is_aws_service_name", "scope_name", "calls nothing answers are told at once"
)
DETECT_SERVICE = _function(
    _ROUTER, "detect_service", "method path headers query_params", "calls nothing answers"
)


def everywhere(store: Seam) -> dict[tuple[str, str, str], Any]:
    """The entries of a store in all accounts and regions, by account, region and key."""
    entries: dict[tuple[str, str, str], Any] = SCOPED_ENTRIES.value.__get__(store.value)
    return entries


def declared() -> tuple[Seam, ...]:
    """Every seam declared in this module, in order."""
    return tuple(value for value in globals().values() if isinstance(value, Seam))
