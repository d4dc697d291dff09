"""What runs comes before what refers to it: bundles are sent where they are lacking, and only there."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from zipfile import ZipFile

import pytest
from botocore.exceptions import ClientError

from generator.bundles import RUNTIME
from generator.naming import artifact_bucket
from tests.rehearsal.deploy.conftest import PRIMARY, STANDBY, Project
from tests.rehearsal.deploy.shop import BUNDLE


def bucket(project: Project, region: str = PRIMARY) -> str:
    return artifact_bucket("dev", project.account, region)


def sent(project: Project, region: str = PRIMARY) -> bytes:
    answer = project.client("s3", region).get_object(Bucket=bucket(project, region), Key=BUNDLE)
    body: bytes = answer["Body"].read()
    return body


def test_a_deploy_brings_the_bundles_to_every_region(deployed: Project) -> None:
    for region in (PRIMARY, STANDBY):
        with ZipFile(io.BytesIO(sent(deployed, region))) as archive:
            source = RUNTIME / "functions" / "takeover_responder.py"
            assert archive.read("takeover_responder.py") == source.read_bytes()


def test_where_nothing_is_lacking_nothing_is_packed(deployed: Project) -> None:
    for path in (deployed.path / ".tradewind" / "bundles").rglob("*.zip"):
        path.unlink()

    assert deployed.run("plan", "dev").code == 0
    assert [*(deployed.path / ".tradewind" / "bundles").rglob("*.zip")] == []


def test_a_plan_that_looks_sends_what_is_gone(deployed: Project) -> None:
    before = sent(deployed)
    deployed.client("s3").delete_object(Bucket=bucket(deployed), Key=BUNDLE)

    run = deployed.run("plan", "dev", "--verify", "--verbose")

    assert run.code == 0, run.told
    assert f"uploaded s3://{bucket(deployed)}/{BUNDLE} (1 of 1)" in run.told
    assert sent(deployed) == before


@pytest.mark.parametrize("says", ["nothing", "another", "the old"])
def test_what_is_not_what_was_sent_is_sent_again(deployed: Project, says: str) -> None:
    """S3 keeps the digest of what came; who put it says in the metadata what should have."""
    before = sent(deployed)
    told = {
        "nothing": {},
        "another": {"sha256": hashlib.sha256(b"another").hexdigest()},
        "the old": {"sha256": hashlib.sha256(before).hexdigest()},
    }[says]
    deployed.client("s3").put_object(
        Bucket=bucket(deployed),
        Key=BUNDLE,
        Body=b"PK, and no more",
        Metadata=told,
        ChecksumAlgorithm="SHA256",
    )

    assert deployed.run("plan", "dev", "--verify").code == 0
    assert sent(deployed) == before


def test_templates_of_other_code_than_is_here_are_not_shipped(project: Project) -> None:
    catalog = project.path / "templates" / "out" / "catalog.json"
    platform = catalog.with_name("platform.json")
    old = catalog.read_text()
    stale = old.replace(BUNDLE.split("/")[1], "0123456789abcdef")
    before, after = (hashlib.sha256(each.encode()).hexdigest()[:16] for each in (old, stale))
    catalog.write_text(stale)
    platform.write_text(platform.read_text().replace(before, after))

    run = project.run("deploy", "dev", "--direct", "--yes")

    assert run.code == 2, run.told
    assert "built with another takeover_responder than generator/runtime has now" in run.told
    assert "tradewind build" in run.told
    with pytest.raises(ClientError):
        sent(project)


def test_a_package_holds_the_bundles_by_their_keys(project: Project, tmp_path: Path) -> None:
    run = project.run("package", "--to", str(tmp_path / "dist"), "--json")

    assert run.code == 0, run.told
    assert BUNDLE in run.document["files"]
    with ZipFile(tmp_path / "dist" / BUNDLE) as archive:
        assert archive.namelist() == ["takeover_responder.py"]
