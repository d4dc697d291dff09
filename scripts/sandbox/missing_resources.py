"""An update of a resource that somebody deleted behind CloudFormation's back fails, and makes none anew.

ministack would create another one in its place. A resource type's update handler "MUST return" NotFound
"if the specified resource did not exist prior to its update request".
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract.html
Buckets and SSM parameters are not looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scripts.sandbox import resource_updates, seams
from scripts.sandbox.resource_updates import ResourceUpdate


class _Gone(Exception):
    """The service does not know the resource."""


def install() -> None:
    """Refuse such an update, as the resource types of AWS do."""
    seams.RENAME_REPLACEMENT.replace(_refusing(seams.RENAME_REPLACEMENT.value))
    resource_updates.consult(_in_awss_words)


def _refusing(replaced: Any) -> Any:
    def looked_for(
        physical_id: str,
        old_props: Any,
        new_props: Any,
        stack_name: str,
        logical_id: str | None,
        declared_name: str,
        current_name: str | None,
        *functions: Any,
        **options: Any,
    ) -> Any:
        if current_name is None:
            raise _Gone
        return replaced(
            *(physical_id, old_props, new_props, stack_name, logical_id),
            *(declared_name, current_name),
            *functions,
            **options,
        )

    return looked_for


def _in_awss_words(asked: ResourceUpdate, go_on: Callable[[], Any]) -> Any:
    try:
        return go_on()
    except _Gone:
        raise ValueError(
            f"Resource handler returned message: \"Resource of type '{asked.resource_type}' with "
            f"identifier '{asked.physical_id}' was not found.\" (HandlerErrorCode: NotFound)"
        ) from None
