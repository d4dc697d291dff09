"""What the sandbox changes in ministack, in the order it is changed."""

from __future__ import annotations

from scripts.sandbox import seams


def check() -> None:
    """Raise SeamMissing unless every private name is as declared. Nothing is replaced."""
    from scripts.sandbox import function_errors, hosted_zones, resources, vault_policies

    others = (hosted_zones, vault_policies, function_errors, resources)
    seams.check((*seams.declared(), *(seam for other in others for seam in other.SEAMS)))


def install() -> None:
    """Replace what has to be replaced. Call `check` first, and this once a process."""
    from scripts.sandbox import (
        change_sets,
        deleted_stacks,
        exports,
        function_errors,
        nested_stacks,
        protected_updates,
        request_tokens,
        resources,
        rollbacks,
        stack_events,
        stack_lookups,
        stack_records,
        stack_requests,
        stack_settings,
        stack_tags,
        template_checks,
        template_summaries,
        template_urls,
        update_visits,
    )

    seams.SAVE_ALL.replace(lambda _services: None)  # snapshots.py saves, whole or not at all
    resources.install()
    function_errors.install()
    template_urls.install()
    exports.install()
    stack_events.install()
    deleted_stacks.install()
    update_visits.install()
    nested_stacks.install()
    rollbacks.install()
    stack_requests.install()
    template_checks.install()
    stack_tags.install()
    protected_updates.install()
    change_sets.install()
    stack_settings.install()
    request_tokens.install()
    stack_records.install()
    template_summaries.install()
    stack_lookups.install()
