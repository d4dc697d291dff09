"""The sandbox's process: ministack with what it lacks, on one loopback port.

ministack reads its settings when it is imported, so they are set first; its private names are checked
next; only then is anything replaced and the port opened.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scripts.errors import Failed, TradewindError

if TYPE_CHECKING:
    from scripts.sandbox.autosave import Autosave
    from scripts.sandbox.gateway import Gateway

HOST = "127.0.0.1"
QUIET_SECONDS = 2.0
"""How long the sandbox must be left alone before unsaved changes are written."""

DRAIN_SECONDS = 20.0
"""How long a stop waits for stack operations that are under way."""

log = logging.getLogger("tradewind.sandbox")


def settings(port: int, state: Path, objects: Path, scratch: Path) -> dict[str, str]:
    """ministack's settings: loopback, no listener but the gateway, everything kept where we say."""
    return {
        # The emulator unpacks each function's code into a temporary directory, and leaves it.
        "TMPDIR": str(scratch),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": "localhost",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(objects),
        # An address of Docker that is not there keeps the emulator from looking for it.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop. Exits 1, with one sentence on stderr, when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m scripts.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--home", type=Path, required=True, help="where its state is kept")
    chosen = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    log.setLevel(logging.INFO)
    try:
        asyncio.run(serve(chosen.port, chosen.home))
    except TradewindError as problem:
        sys.stderr.write(f"{problem.message}\n{problem.fix}\n")
        return 1
    except OSError as problem:
        sys.stderr.write(f"Port {chosen.port} of {HOST} cannot be served: {problem}.\n")
        return 1
    finally:
        _end_workers()
    return 0


def _end_workers() -> None:
    """End what the emulator started (Lambda workers), when this process leads a group of its own."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(os.getpgrp(), signal.SIGTERM)


async def serve(port: int, home: Path) -> None:
    """Run one emulator in this process until SIGTERM or SIGINT. Its state is module-global."""
    from scripts.sandbox import databases, replication_page
    from scripts.sandbox.autosave import Autosave, drain
    from scripts.sandbox.builds.runner import RUNNER
    from scripts.sandbox.clock import CLOCK
    from scripts.sandbox.code_deploy.carrying import CARRIER
    from scripts.sandbox.faults.standing import STANDING
    from scripts.sandbox.lambda_python import search_path
    from scripts.sandbox.record import Record
    from scripts.sandbox.replication import REPLICATION
    from scripts.sandbox.routing.pages import NEWS
    from scripts.sandbox.routing.supervision import ATTENDANCE
    from scripts.sandbox.snapshots import Snapshots
    from scripts.sandbox.surroundings import cleaned

    other = Record.read(home)
    if other is not None and other.alive:
        raise Failed(f"Another sandbox (process {other.pid}) serves {home}.")
    snapshots, scratch = Snapshots(home / "state"), home / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)  # of a sandbox that was killed
    scratch.mkdir(mode=0o700, parents=True)
    kept = cleaned(os.environ)
    os.environ.clear()
    os.environ.update(kept)
    os.environ.update(settings(port, snapshots.newest() / "ministack", snapshots.objects, scratch))
    os.environ["PYTHONPATH"] = search_path(kept)
    Record.of_this_process(port).write(home)
    autosave = Autosave(snapshots, QUIET_SECONDS)
    try:
        CLOCK.settle(snapshots.directory / "clock.json")
        STANDING.settle(snapshots.directory / "faults.json")
        databases.ENGINES.settle(home / "databases")
        RUNNER.settle(home / "builds", autosave.touch)
        CARRIER.settle(home, autosave.touch)
        ATTENDANCE.settle(home)
        gateway = assemble(autosave)
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)

        async def told_to_stop() -> None:
            await stop.wait()
            await asyncio.to_thread(ATTENDANCE.end)
            NEWS.end()
            await drain(DRAIN_SECONDS)
            await asyncio.to_thread(RUNNER.end)
            await asyncio.to_thread(CARRIER.end)

        saving = asyncio.create_task(autosave.run())
        copying = [
            asyncio.create_task(work())
            for work in (REPLICATION.run, replication_page.tell_latencies)
        ]
        await _serve_http(gateway, port, told_to_stop)
        for work in copying:
            work.cancel()
        await asyncio.wait(copying)
        await autosave.end(saving)
    finally:
        ATTENDANCE.end()
        databases.ENGINES.end()
        shutil.rmtree(scratch, ignore_errors=True)
        if not autosave.unsaved:  # a record that stays says that something is lost
            Record.remove(home)


def assemble(autosave: Autosave) -> Gateway:
    """Check the seams, replace what has to be replaced, and put the gateway in front."""
    from scripts.sandbox import (
        bucket_policies,
        builds,
        cancelled_rotations,
        clock,
        code_deploy,
        cost_explorer,
        databases,
        function_code,
        global_databases,
        hosted_zones,
        installation,
        interruptions,
        offers,
        pages,
        pauses,
        payment_processor,
        personalize,
        pipelines,
        recorded_lists,
        replication_page,
        seams,
        search_domains,
        service_quotas,
        vault_policies,
        workflow_runs,
    )
    from scripts.sandbox.clock import CLOCK
    from scripts.sandbox.faults import page as faults
    from scripts.sandbox.gateway import Gateway
    from scripts.sandbox.offline import forbid_network
    from scripts.sandbox.refusals import unanswered
    from scripts.sandbox.replication import REPLICATION
    from scripts.sandbox.routing import dns_test_api, status_api
    from scripts.sandbox.routing import pages as routing
    from scripts.sandbox.routing.supervision import ATTENDANCE

    installation.check()
    import ministack.app

    native = frozenset(seams.RESOURCE_HANDLERS.value)
    installation.install()
    function_code.keep_in(autosave.snapshots.code)
    autosave.snapshots.load_stores()
    REPLICATION.on_change = autosave.touch
    forbid_network()

    def on_ready() -> None:
        global_databases.resume()
        for deployment in code_deploy.resume():
            log.info("%s is taken up again", deployment)
        for stack in interruptions.settle():
            log.warning("%s: %s", stack, interruptions.REASON)
        for execution in workflow_runs.resume():
            log.info("%s is taken up again", execution)
        for run in pipelines.resume(autosave.touch):
            log.info("run %s of a pipeline is taken up again", run)
        pauses.follow(CLOCK.speed)
        CLOCK.watch(lambda: pauses.follow(CLOCK.speed))

    gateway = Gateway(ministack.app.app, unanswered, autosave.touch, on_ready)
    for service in pages.services(ministack.app.app, autosave, native):
        gateway.add(service)
    gateway.add(builds.service())
    gateway.add(code_deploy.service())
    gateway.add(pipelines.service())
    gateway.add(hosted_zones.service())
    gateway.add(vault_policies.service())
    gateway.add(bucket_policies.service())
    gateway.add(cancelled_rotations.service())
    gateway.add(cost_explorer.service())
    gateway.add(service_quotas.API.service())
    gateway.add(offers.service())
    for service in recorded_lists.services():
        gateway.add(service)
    gateway.add(personalize.service())
    gateway.add(search_domains.service())
    gateway.add(databases.service())
    gateway.add(clock.service())
    gateway.add(dns_test_api.service(lambda: ATTENDANCE.needed("/facts")))
    gateway.add(faults.service(autosave.snapshots.directory.parent, autosave.save))
    gateway.add(replication_page.service())
    gateway.add(status_api.service())
    for service in routing.services(autosave.snapshots.directory.parent):
        gateway.add(service)
    for service in payment_processor.services():
        gateway.add(service)
    return gateway


async def _serve_http(
    gateway: Gateway, port: int, told_to_stop: Callable[[], Awaitable[None]]
) -> None:
    from hypercorn.asyncio import serve as serve_http
    from hypercorn.config import Config

    from scripts.sandbox.faults.door import Door

    config = Config()
    config.bind = [f"{HOST}:{port}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    application: Any = Door(gateway)  # hypercorn's types spell out every message of ASGI
    await serve_http(application, config, shutdown_trigger=told_to_stop)
