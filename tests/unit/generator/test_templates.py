"""templates/out is what the generator writes, and it writes the same bytes wherever it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from generator.render import address
from generator.stacks import build

PROJECT = Path(__file__).parents[3]
COMMITTED = PROJECT / "templates" / "out"


def test_the_committed_templates_are_what_the_generator_writes() -> None:
    built = build().files
    committed = {file.name: file.read_bytes() for file in COMMITTED.glob("*.json")}
    assert sorted(committed) == sorted(built)
    stale = [name for name, body in built.items() if committed[name] != body]
    assert not stale, f"run `make templates`: {stale}"


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    digest = (
        "import hashlib; from generator.stacks import build;"
        "print(hashlib.sha256(b''.join(build().files.values())).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", digest],
            cwd=PROJECT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(said) == 1


def test_every_address_in_a_root_is_that_of_the_template_beside_it() -> None:
    files = build().files
    stacks = [
        stack["Properties"]["TemplateURL"]["Fn::Sub"]
        for body in files.values()
        for stack in json.loads(body)["Resources"].values()
        if stack["Type"] == "AWS::CloudFormation::Stack"
    ]
    assert stacks
    for url in stacks:
        base, at, file = url.split("/")
        assert base == "${TemplateBaseUrl}"
        assert at == address(files[file])


def test_no_template_knows_an_environment() -> None:
    for name, body in build().files.items():
        text = json.dumps({k: v for k, v in json.loads(body).items() if k != "Metadata"})
        for word in ("staging", "111111111111", "us-west-2"):
            assert word not in text, f"{name} holds {word}"


def test_no_sibling_output_is_split_or_selected() -> None:
    """coverage-roadmap #759: a nested change set fails over Fn::Select on a sibling's output."""

    def received(template: dict[str, object], body: object, inside: bool = False) -> list[str]:
        if isinstance(body, dict):
            inside = inside or bool({"Fn::Select", "Fn::Split"} & set(body))
            named = [body["Ref"]] if inside and isinstance(body.get("Ref"), str) else []
            return named + [n for value in body.values() for n in received(template, value, inside)]
        if isinstance(body, list):
            return [n for value in body for n in received(template, value, inside)]
        return []

    files = {name: json.loads(body) for name, body in build().files.items()}
    for root in files.values():
        for stack in root["Resources"].values():
            if stack["Type"] != "AWS::CloudFormation::Stack":
                continue
            child = files[stack["Properties"]["TemplateURL"]["Fn::Sub"].split("/")[-1]]
            siblings = {
                n for n, v in stack["Properties"]["Parameters"].items() if "Fn::GetAtt" in str(v)
            }
            assert not siblings & set(received(child, child["Resources"]))
