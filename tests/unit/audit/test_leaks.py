"""What looks like a secret, and what is known to be none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts.errors import Failed
from tests.audit.leaks import HARMLESS, HEX, KEYWORD, Harmless, Hit, judged, listed
from tests.audit.verdict import Verdict

#: Put together here, so that no scanner finds it in this file.
RANDOM = "".join(["wJalrXUtnFEMI", "K7MDENGbPxRfi"])
DIGITS = "0a1b" * 2 + "2c3d" * 2 + "4e5f"


def verdict(rule: str, file: str, text: str, value: str) -> Verdict:
    """What is made of one thing that detect-secrets found; all that is harmless is known."""
    said = judged([Hit(rule, file, 7, text, value)], HARMLESS, 1)
    real = tuple(finding for finding in said.found if finding.rule != "stale-exception")
    return Verdict(said.suite, said.looked_at, real, said.excused)


def test_a_password_in_the_tree_is_found_by_file_and_line_and_not_shown() -> None:
    said = verdict(KEYWORD, "scripts/aws.py", f'password = "{RANDOM}"', RANDOM)
    [finding] = said.found
    assert (finding.template, finding.line) == ("scripts/aws.py", 7)
    assert RANDOM not in str(said.to_json())


@pytest.mark.parametrize(
    ("rule", "file", "text", "value"),
    [
        (KEYWORD, "tests/unit/test_aws.py", f'password="{RANDOM}"', RANDOM),
        (KEYWORD, "scripts/aws.py", 'password="made-1"', "made-1"),
        (KEYWORD, "a.py", f'{RANDOM}, SecretId="orders"', RANDOM),
        (KEYWORD, "a.py", f'"#token": "token", "key": "{RANDOM}"', RANDOM),
        (HEX, "requirements.lock", f'"{DIGITS}"', DIGITS),
        ("GitHub Token", "tests/test_a.py", 'return "ghs_..."', "ghs"),
        ("AWS Access Key", "tests/unit/test_aws.py", '"none"', "none"),
    ],
)
def test_it_is_found_though_something_harmless_looks_alike(
    rule: str, file: str, text: str, value: str
) -> None:
    assert verdict(rule, file, text, value).found


@pytest.mark.parametrize(
    ("rule", "file", "text", "value"),
    [
        (KEYWORD, "scripts/a.py", 'get(SecretId="orders")', "orders"),
        (KEYWORD, "scripts/a.py", '"NextToken": "more"', "more"),
        (KEYWORD, "tests/unit/test_a.py", 'password == "not-a-secret-1"', "not-a-secret-1"),
        (HEX, "tests/audit/requirements.txt", f"--hash=sha256:{'0a' * 32}", "0a" * 32),
        ("GitHub Token", "tests/test_a.py", "def test_what_weighs_most_comes_first(", "ghs"),
    ],
)
def test_what_is_known_to_be_harmless_is_let_stand(
    rule: str, file: str, text: str, value: str
) -> None:
    said = verdict(rule, file, text, value)
    assert not said.found
    assert said.excused[0].reason


def test_what_is_called_harmless_and_never_met_is_found() -> None:
    unneeded = Harmless(HEX, "*", "(?P<value>x)", "why")
    [finding] = judged([], [unneeded], 1).found
    assert finding.rule == "stale-exception"


def test_what_could_not_be_read_is_no_pass_unless_it_is_a_picture() -> None:
    said = judged([], (), 5, ["docs/graph.PNG", "store.p12"])
    assert said.unchecked == ("store.p12: it is no text",)
    assert said.said == "not checked"
    assert said.looked_at.startswith("3 files;")
    assert judged([], (), 5, ["docs/graph.png"]).said == "nothing found"


def test_what_git_would_take_is_looked_through_and_what_it_ignores_is_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    for name in (".gitignore", "new.py", "ignored.log"):
        tmp_path.joinpath(name).write_text("*.log\n")
    assert listed(tmp_path) == [".gitignore", "new.py"]


def test_where_git_knows_nothing_nothing_is_claimed(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="git does not say"):
        listed(tmp_path)
