"""The programs themselves, as `make audit` runs them: each finds what is planted for it."""

from __future__ import annotations

import json
import subprocess
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.audit import advisories, checkov, leaks
from tests.audit.pins import Pin
from tests.loopback import LoopbackServer, serving

TOOLS = Path(__file__).parents[3] / ".tradewind" / "audit" / "bin"

pytestmark = pytest.mark.skipif(
    not (TOOLS.parent / "installed").exists(), reason="make audit installs the programs"
)

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}


def test_checkov_finds_a_queue_that_is_not_encrypted_though_it_is_told_to_skip_it() -> None:
    skip = {"checkov": {"skip": [{"id": "CKV_AWS_27", "comment": "it is empty"}]}}
    templates = {
        ("out", "orders.json"): {"Resources": {"Jobs": QUEUE}},
        ("eu-west-1", "cache.json"): {"Resources": {"Jobs": {**QUEUE, "Metadata": skip}}},
    }
    said = checkov.audit(TOOLS / "checkov", templates)
    found = {(f.template, f.resource, f.rule) for f in said.found}
    assert found == {("orders.json", "Jobs", "CKV_AWS_27")}
    assert [(e.finding.template, e.reason) for e in said.excused] == [("cache.json", "it is empty")]


def test_detect_secrets_finds_a_key_that_its_own_comments_would_hide(tmp_path: Path) -> None:
    key = "AKIA" + "QYLPMN5HHHFPZAM2"
    tmp_path.joinpath("sound.py").write_text("password = ask()\n")
    tmp_path.joinpath("leak.py").write_text(f'\nKEY = "{key}"  # pragma: allowlist secret\n')
    tmp_path.joinpath("poetry.lock").write_text(f'key = "{key}"\n')
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    said = leaks.audit(TOOLS / "python", tmp_path, harmless=())
    assert {(f.template, f.line) for f in said.found} == {("leak.py", 2), ("poetry.lock", 1)}
    assert key not in json.dumps(said.to_json())


def test_what_detect_secrets_passes_over_as_no_text_was_not_checked(tmp_path: Path) -> None:
    tmp_path.joinpath("legacy.ini").write_bytes(b"password = caf\xe9-wJalrXUtnFEMI\n")
    tmp_path.joinpath("logo.png").write_bytes(b"\x89PNG")
    tmp_path.joinpath("sound.py").write_text("password = ask()\n")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    said = leaks.audit(TOOLS / "python", tmp_path, harmless=())
    assert not said.found
    assert said.unchecked == ("legacy.ini: it is no text",)
    assert said.looked_at.startswith("1 files;")


class Advisories(BaseHTTPRequestHandler):
    """A source that speaks OSV's protocol and has one advisory."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.about(**asked)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def about(self, package: dict[str, str], version: str) -> dict[str, Any]:
        if (package["name"], version) != ("left-pad", "1.0"):
            return {}
        events = [{"introduced": "0"}, {"fixed": "1.1"}]
        affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
        return {"vulns": [{"id": "GHSA-1", "summary": "It pads too much", "affected": affected}]}

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_pip_audit_finds_the_vulnerable_pin() -> None:
    pins = [Pin("left-pad", "1.0", "requirements.lock", 4), Pin("pad", "2.0", "x.txt", 1)]
    with serving(LoopbackServer(Advisories)) as server:
        said = advisories.audit(TOOLS / "pip-audit", pins, source=f"{server.url}/v1/query")
    [finding] = said.found
    assert str(finding) == "requirements.lock:4: left-pad==1.0 GHSA-1 It pads too much"
    assert "1.1" in finding.fix
    assert not said.unchecked


def test_a_source_that_hangs_up_is_not_reached_and_nothing_is_claimed() -> None:
    with serving(LoopbackServer(Advisories)) as server:
        url = server.url
    said = advisories.audit(
        TOOLS / "pip-audit", [Pin("left-pad", "1.0", "requirements.lock", 4)], source=url
    )
    assert said.said == "not checked"
    assert "not reached" in said.unchecked[0]
