"""What a deploy that changes nothing costs beyond the calls that it makes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from generator import environments
from scripts.sandbox import process
from tests.bench.ratio import Ratio
from tests.bench.timing import PROJECT, TRADEWIND, best, command, python
from tests.rehearsal.conftest import free_port

ROUNDS = 9
ENVIRONMENT = "dev"
DEPLOY = ("--sandbox", "--project", str(PROJECT), "deploy", ENVIRONMENT, "--yes")

#: The command itself, and every call that it makes written to a file.
RECORD = """
import json, sys
from botocore.client import BaseClient
calls, make = [], BaseClient._make_api_call
def recorded(self, operation, arguments):
    calls.append([self.meta.service_model.service_name, self.meta.region_name, operation, arguments])
    return make(self, operation, arguments)
BaseClient._make_api_call = recorded
from scripts.cli import main
code = main()
with open(FILE, "w") as file:
    json.dump(calls, file)
sys.exit(code)
"""

#: The same calls, one after the other, and nothing else.
REPLAY = """
import json, sys
import boto3
clients = {}
with open(FILE) as file:
    calls = json.load(file)
for service, region, operation, arguments in calls:
    if (service, region) not in clients:
        clients[service, region] = boto3.client(service, region_name=region)
    clients[service, region]._make_api_call(operation, arguments)
"""


def ratios() -> list[Ratio]:
    """A no-op deploy of dev, in a sandbox of its own, against its own calls."""
    with tempfile.TemporaryDirectory(prefix="tradewind-bench-") as directory:
        home, calls = Path(directory) / "sandbox", Path(directory) / "calls.json"
        url = process.start(home, free_port()).url
        try:
            return [_no_op(url, home, calls)]
        finally:
            process.stop(home)


def _no_op(url: str, home: Path, calls: Path) -> Ratio:
    here = {"TRADEWIND_SANDBOX_HOME": str(home)}
    naming = f"FILE = {str(calls)!r}\n"
    ours = command(TRADEWIND, *DEPLOY, **here)
    bare = command(
        *python(naming + REPLAY),
        AWS_ENDPOINT_URL=url,
        AWS_ACCESS_KEY_ID=environments.read(PROJECT / "params", ENVIRONMENT).account_id,
        AWS_SECRET_ACCESS_KEY="none",
    )
    ours()
    command(*python(naming + RECORD), *DEPLOY, **here)()
    made = json.loads(calls.read_text(encoding="utf-8"))
    seconds = best({"ours": ours, "bare": bare}, ROUNDS)
    return Ratio(
        "a deploy that changes nothing / its own calls, replayed by bare boto3",
        seconds["ours"] / seconds["bare"],
        1.5,
        f"{seconds['ours'] * 1000:.0f} ms / {seconds['bare'] * 1000:.0f} ms; {len(made)} calls, ours side by "
        "side and theirs one after the other; the rest reads templates and settings and compares",
    )
