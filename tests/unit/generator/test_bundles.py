"""A bundle's address names what is in it, and nothing else: no machine, no clock, no order of a directory."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import bundles
from generator.bundle_names import bundle
from generator.bundles import FLEETS, RUNTIME, Bundle, Member, fleet_bundle, function_bundle
from generator.errors import BuildError
from generator.stacks import build
from generator.wheels import Wheel, closure

FUNCTIONS = sorted(
    path.stem
    for path in (RUNTIME / "functions").glob("*.py")
    if "\ndef handler(" in path.read_text()
)

Write = Callable[..., Path]


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files of a runtime that is the test's own."""
    monkeypatch.setattr(bundles, "RUNTIME", tmp_path)

    def write(path: str, text: str = "", mode: int = 0o644) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        return file

    return write


def wheel(sha256: str = "a" * 64) -> Wheel:
    return Wheel("left", "1.0", "left-1.0-py3-none-any.whl", sha256, (), ("left",))


def distributions(of: Bundle) -> list[str]:
    return [each.distribution for each in of.wheels]


class TestAddress:
    def test_is_the_same_whenever_and_by_whomever_the_files_were_written(
        self, runtime: Write
    ) -> None:
        file = runtime("functions/f.py", "X = 1\n", mode=0o600)
        first = function_bundle("f").address
        os.utime(file, (0, 0))
        file.chmod(0o664)

        assert function_bundle("f").address == first

    def test_is_the_same_in_whatever_order_the_files_are_named(self, runtime: Write) -> None:
        members = [Member(name, runtime(f"functions/{name}", name)) for name in ("a.py", "b.py")]
        wheels = [wheel("a" * 64), wheel("b" * 64)]

        there = Bundle("f", tuple(members), tuple(wheels))
        back = Bundle("f", tuple(reversed(members)), tuple(reversed(wheels)))

        assert there.address == back.address

    def test_is_another_with_every_byte_name_and_mode(self, runtime: Write) -> None:
        plain = runtime("functions/f.py", "X = 1\n")
        edited = runtime("functions/g.py", "X = 2\n")
        runs = runtime("functions/h.py", "X = 1\n", mode=0o755)

        told = {
            Bundle("f", (Member(name, source),), ()).address
            for name, source in (("f.py", plain), ("f.py", edited), ("f.py", runs), ("g.py", plain))
        }

        assert len(told) == 4

    def test_is_another_with_another_wheel_place_service_or_way_of_packing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = [
            Bundle("f", (), ()),
            Bundle("f", (), (wheel("a" * 64),)),
            Bundle("f", (), (wheel("b" * 64),)),
            Bundle("f", (), (wheel("a" * 64),), library="lib/"),
            Bundle("f", (), (wheel("a" * 64),), services=("s3",)),
        ]
        told = {each.address for each in made}
        monkeypatch.setattr(bundles, "PACKING", bundles.PACKING + 1)

        assert len(told | {Bundle("f", (), ()).address}) == len(made) + 1


class TestFunction:
    def test_brings_along_what_it_imports_and_what_that_imports(self, runtime: Write) -> None:
        runtime("functions/f.py", "import json\nfrom near import say\n")
        runtime("functions/near.py", "def say():\n    import far.away\n")
        runtime("functions/far.py", "import f\n")
        runtime("functions/else.py")

        assert [m.path for m in function_bundle("f").members] == ["f.py", "far.py", "near.py"]

    def test_has_the_wheels_of_all_that_it_brings_along(self, runtime: Write) -> None:
        runtime("functions/f.py", "import boto3\nimport botocore.config\nimport near\n")
        runtime("functions/near.py", "import pg8000.native\n")

        needed = distributions(function_bundle("f"))

        assert needed == ["asn1crypto", "pg8000", "python-dateutil", "scramp", "six"]

    def test_cannot_import_what_nobody_brings(self, runtime: Write) -> None:
        runtime("functions/f.py", "import numpy\n")

        with pytest.raises(BuildError, match=r"f\.py imports numpy, which is neither"):
            function_bundle("f")

    @pytest.mark.parametrize(
        ("text", "said"), [("def", r"f\.py, line 1: "), (None, r"f\.py cannot be read")]
    )
    def test_that_cannot_be_read_is_named(
        self, runtime: Write, text: str | None, said: str
    ) -> None:
        if text:
            runtime("functions/f.py", text)

        with pytest.raises(BuildError, match=said):
            function_bundle("f")

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_of_the_shop_can_be_bundled(self, name: str) -> None:
        assert bundle(name).members


class TestFleet:
    @pytest.fixture
    def shop(self, runtime: Write, monkeypatch: pytest.MonkeyPatch) -> Write:
        monkeypatch.setattr(bundles, "FLEETS", {"shop": ("gunicorn",)})
        runtime("shop/appspec.yml")
        runtime("shop/hooks/start", "#!/bin/sh\n", mode=0o755)
        runtime("shop/shop/__init__.py")
        runtime("shop/shop/wsgi.py", "import shop.pages\nfrom . import pages\nimport six\n")
        return runtime

    def test_is_all_of_its_folder_but_what_python_and_editors_leave(self, shop: Write) -> None:
        shop("shop/shop/__pycache__/wsgi.cpython-313.pyc")
        shop("shop/.swp")

        modes = {member.path: member.mode for member in fleet_bundle("shop").members}

        assert modes == {
            "appspec.yml": 0o644,
            "hooks/start": 0o755,
            "shop/__init__.py": 0o644,
            "shop/wsgi.py": 0o644,
        }

    def test_has_the_wheels_that_it_imports_and_those_that_are_run(self, shop: Write) -> None:
        assert distributions(fleet_bundle("shop")) == ["gunicorn", "six"]

    def test_has_boto3_and_of_the_services_those_that_it_calls(self, shop: Write) -> None:
        shop(
            "shop/shop/aws.py",
            "import boto3\nboto3.client('sqs')\nboto3.session.Session().resource('dynamodb')\n",
        )

        made = fleet_bundle("shop")

        assert {"boto3", "botocore", "s3transfer", "jmespath"} <= {*distributions(made)}
        assert made.services == ("dynamodb", "sqs")

    def test_says_literally_which_services_it_calls(self, shop: Write) -> None:
        shop("shop/shop/aws.py", "import boto3\n\ndef made(name):\n    return boto3.client(name)\n")

        with pytest.raises(BuildError, match=r"aws\.py, line 4: a client is not told"):
            fleet_bundle("shop")


@pytest.mark.parametrize("name", FLEETS)
def test_a_fleet_of_the_shop_is_a_revision_that_botocore_has_the_services_for(name: str) -> None:
    import botocore

    made = fleet_bundle(name)

    assert "appspec.yml" in {member.path for member in made.members}
    data = Path(botocore.__file__).parent / "data"
    assert made.services
    assert [service for service in made.services if not (data / service).is_dir()] == []


def test_what_a_fleet_runs_and_never_imports_is_pinned() -> None:
    for runs in FLEETS.values():
        assert [wheel.distribution for wheel in closure(runs)] >= sorted(runs)


def test_every_function_of_the_templates_is_its_bundles_handler() -> None:
    import json

    files = build().files.values()
    resources = [r for body in files for r in json.loads(body)["Resources"].values()]
    functions = [r["Properties"] for r in resources if r["Type"] == "AWS::Lambda::Function"]
    assert functions
    for function in functions:
        name, _, handler = function["Handler"].partition(".")
        assert function["Code"]["S3Key"] == function_bundle(name).key
        module = ast.parse((RUNTIME / "functions" / f"{name}.py").read_text())
        assert handler in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
