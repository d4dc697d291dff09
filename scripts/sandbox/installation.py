"""What the sandbox changes in ministack, in the order it is changed."""

from __future__ import annotations

from scripts.sandbox import seams
from scripts.sandbox.seams import Seam


def every_seam() -> tuple[Seam, ...]:
    """All that is leaned on, whichever module declares it."""
    from scripts.sandbox import (
        databases,
        drift_readers,
        event_targets,
        function_code,
        function_errors,
        hosted_zones,
        payment_processor,
        personalize,
        pipelines,
        resources,
        rotations,
        stream_readers,
        stream_records,
        vault_policies,
        workflow_runs,
    )

    others = (
        *(hosted_zones, vault_policies, function_errors, resources, payment_processor),
        *(event_targets, function_code, stream_readers, stream_records, workflow_runs),
        *(databases, rotations, personalize, pipelines, drift_readers),
    )
    return (*seams.declared(), *(seam for other in others for seam in other.SEAMS))


def check() -> None:
    """Raise SeamMissing unless every private name is as declared. Nothing is replaced."""
    seams.check(every_seam())


def install() -> None:
    """Replace what has to be replaced. Call `check` first, and this once a process."""
    from scripts.sandbox import (
        builds,
        change_sets,
        code_deploy,
        continued_rollbacks,
        databases,
        deleted_stacks,
        drift_readers,
        event_targets,
        exports,
        function_errors,
        missing_resources,
        nested_stacks,
        personalize,
        pipelines,
        protected_updates,
        request_tokens,
        resources,
        rollbacks,
        rotations,
        stack_events,
        stack_lookups,
        stack_records,
        stack_requests,
        stack_settings,
        stack_tags,
        stream_readers,
        taken_names,
        template_checks,
        template_summaries,
        template_urls,
        update_visits,
        workflow_runs,
    )

    seams.SAVE_ALL.replace(lambda _services: None)  # snapshots.py saves, whole or not at all
    resources.install()
    missing_resources.install()
    taken_names.install()
    function_errors.install()
    databases.install()
    drift_readers.install()
    rotations.install()
    event_targets.install()
    stream_readers.install()
    workflow_runs.install()
    personalize.install()
    pipelines.install()
    builds.install()
    code_deploy.install()
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
    continued_rollbacks.install()
    change_sets.install()
    stack_settings.install()
    request_tokens.install()
    stack_records.install()
    template_summaries.install()
    stack_lookups.install()
