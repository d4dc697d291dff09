"""What the sandbox changes in ministack, in the order it is changed."""

from __future__ import annotations

from scripts.sandbox import seams
from scripts.sandbox.seams import Seam


def every_seam() -> tuple[Seam, ...]:
    """All that is leaned on, whichever module declares it."""
    from scripts.sandbox import (
        bucket_policies,
        databases,
        drift_readers,
        event_targets,
        function_code,
        function_errors,
        function_logs,
        global_databases,
        hosted_zones,
        metric_alarms,
        offers,
        payment_processor,
        personalize,
        pipelines,
        recorded_lists,
        replication,
        replication_page,
        resources,
        rotations,
        service_quotas,
        stream_readers,
        stream_records,
        strong_tables,
        unheard_writes,
        vault_policies,
        workflow_runs,
    )
    from scripts.sandbox.faults import background, crossings, door, functions, ruin
    from scripts.sandbox.routing import health_check_api, survey

    others = (
        *(hosted_zones, vault_policies, bucket_policies, function_errors, function_logs, resources),
        payment_processor,
        *(event_targets, function_code, stream_readers, stream_records, workflow_runs),
        *(databases, global_databases, rotations, personalize, pipelines, drift_readers),
        *(replication, replication_page, strong_tables, unheard_writes, metric_alarms),
        *(background, crossings, door, functions, ruin),
        *(offers, recorded_lists, service_quotas),
        *(health_check_api, survey),
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
        function_logs,
        global_databases,
        metric_alarms,
        missing_resources,
        nested_stacks,
        offers,
        personalize,
        pipelines,
        protected_updates,
        recorded_lists,
        refusals,
        replication,
        request_tokens,
        resources,
        rollbacks,
        rotations,
        service_quotas,
        stack_events,
        stack_lookups,
        stack_records,
        stack_requests,
        stack_settings,
        stack_tags,
        stream_readers,
        strong_tables,
        taken_names,
        template_checks,
        template_summaries,
        template_urls,
        unheard_writes,
        update_visits,
        workflow_runs,
    )
    from scripts.sandbox.faults import background, crossings, functions
    from scripts.sandbox.routing import health_check_api

    seams.SAVE_ALL.replace(lambda _services: None)  # snapshots.py saves, whole or not at all
    seams.IS_SERVICE.replace(refusals.is_service)
    resources.install()
    missing_resources.install()
    taken_names.install()
    function_errors.install()
    databases.install()
    offers.install()
    recorded_lists.install()
    service_quotas.install()
    global_databases.install()
    drift_readers.install()
    metric_alarms.install()
    health_check_api.install()
    crossings.install()
    rotations.install()
    replication.install()
    unheard_writes.install()
    strong_tables.install()
    functions.install()
    function_logs.install()
    event_targets.install()
    stream_readers.install()
    background.install()
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
