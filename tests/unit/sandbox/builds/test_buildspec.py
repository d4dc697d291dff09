"""A buildspec is taken as AWS documents it, and what is not done is refused by its name."""

from __future__ import annotations

import textwrap

import pytest

from scripts.sandbox.builds.buildspec import ArtifactSpec, BuildspecError, OnFailure, parse

WHOLE = """
version: 0.2
env:
  shell: bash
  variables: {WHERE: here, COUNT: 3, DEBUG: true}
  parameter-store: {TOKEN: /a/token}
  secrets-manager: {PASSWORD: "db:password"}
  exported-variables: [RESULT]
phases:
  install:
    runtime-versions: {python: 3.11}
  pre_build:
    on-failure: CONTINUE
    commands:
      - one
      - |
        if two; then
          three
        fi
    finally: [last]
  build:
    on-failure: ABORT
    commands: four
artifacts:
  files: ["**/*"]
  base-directory: out
  exclude-paths: ["**/*.log"]
  discard-paths: yes
  name: it.zip
  secondary-artifacts:
    Plan: {files: [plan.json]}
cache:
  paths: [ignored]
"""


def test_every_part_of_it_is_read() -> None:
    spec = parse(WHOLE)

    assert spec.shell == "/bin/bash"
    assert spec.variables == {"WHERE": "here", "COUNT": "3", "DEBUG": "true"}
    assert (spec.parameter_store, spec.secrets_manager) == (
        {"TOKEN": "/a/token"},
        {"PASSWORD": "db:password"},
    )
    assert spec.exported == ("RESULT",)
    assert spec.phases["install"].runtimes == {"python": "3.11"}
    before = spec.phases["pre_build"]
    assert before.commands == ("one", "if two; then\n  three\nfi\n")
    assert (before.last, before.on_failure) == (("last",), OnFailure.CONTINUE)
    assert spec.phases["build"].commands == ("four",)
    assert spec.artifacts == ArtifactSpec(("**/*",), "out", ("**/*.log",), True, "it.zip")
    assert spec.secondary_artifacts["Plan"].files == ("plan.json",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 0.1\nphases: {build: {commands: [a]}}", "version 0.1"),
        ("version: 0.3\nphases: {build: {commands: [a]}}", "Unsupported buildspec version 0.3"),
        ("phases: {build: {commands: [a]}}", "says no version"),
        ("version: 0.2", "At least one phase"),
        ("version: 0.2\nphases: {compile: {commands: [a]}}", "unknown key: compile"),
        ("version: 0.2\nphases: {build: {}}", "build has no commands"),
        ("version: 0.2\nphases: {build: {commands: [{a: b}]}}", r"Commands\[0\] to be of string"),
        ("version: 0.2\nphases: {build: {commands: [a], run-as: root}}", "does not do run-as"),
        (
            "version: 0.2\nphases: {build: {commands: [a], on-failure: RETRY}}",
            "on-failure of build",
        ),
        ("version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}", "ABORT or CONTINUE"),
        ("version: 0.2\nphases: {build: {commands: [a], runtime-versions: {}}}", "unknown key"),
        ("version: 0.2\nreports: {}\nphases: {build: {commands: [a]}}", "does not do reports"),
        ("version: 0.2\nenv: {shell: fish}\nphases: {build: {commands: [a]}}", "no shell 'fish'"),
        ("version: 0.2\nphases: {build: {commands: [a]}}\nartifacts: {}", "names no files"),
        ("version: 0.2\nphases: [", "not YAML"),
        ("just words", "must be a mapping"),
    ],
)
def test_what_is_not_taken_is_named(text: str, said: str) -> None:
    with pytest.raises(BuildspecError, match=said):
        parse(textwrap.dedent(text))
