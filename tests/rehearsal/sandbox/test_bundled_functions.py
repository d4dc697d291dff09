"""A function runs in the sandbox from its bundle, as on Lambda: its modules, and its wheels beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.bundles import Bundle, Member
from generator.wheels import closure
from scripts.errors import Failed
from scripts.packing import write
from scripts.wheelhouse import WHEELS, Wheelhouse
from tests.rehearsal.conftest import Sandbox
from tests.rehearsal.sandbox.stacks import Account

HANDLER = """
import os

import asked
import pg8000
import scramp

def handler(event, context):
    return {
        "asked": asked.FOR,
        "driver": pg8000.__version__,
        "beside": all(m.__file__.startswith(os.path.dirname(__file__)) for m in (asked, pg8000, scramp)),
    }
"""

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def wheelhouse() -> Wheelhouse:
    """The project's own: nothing is fetched for a test where it is filled, and none runs without it."""
    house = Wheelhouse(PROJECT / WHEELS)
    try:
        house.fetch([*closure(["pg8000"])])
    except Failed as error:
        pytest.skip(f"the wheels are not here, and {error.message}")
    return house


def test_a_function_finds_its_own_modules_and_its_wheels(
    sandbox: Sandbox, wheelhouse: Wheelhouse, tmp_path: Path
) -> None:
    (tmp_path / "answers.py").write_text(HANDLER)
    (tmp_path / "asked.py").write_text("FOR = 'the driver'\n")
    members = tuple(Member(name, tmp_path / name) for name in ("answers.py", "asked.py"))
    wheels = tuple(closure(["pg8000"]))
    write(Bundle("answers", members, wheels), wheelhouse, tmp_path / "answers.zip")
    account = Account(sandbox)
    account.s3.put_object(
        Bucket=account.bucket, Key="answers.zip", Body=(tmp_path / "answers.zip").read_bytes()
    )

    functions: Any = account.client("lambda")
    functions.create_function(
        FunctionName="answers",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{account.number}:role/answers",
        Handler="answers.handler",
        Code={"S3Bucket": account.bucket, "S3Key": "answers.zip"},
        Timeout=30,
    )
    answer = functions.invoke(FunctionName="answers", Payload=b"{}")
    said = json.loads(answer["Payload"].read())

    assert "FunctionError" not in answer, said
    assert said == {
        "asked": "the driver",
        "driver": next(w.version for w in wheels if w.distribution == "pg8000"),
        "beside": True,
    }
