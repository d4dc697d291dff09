"""Secrets that lie in the tree: detect-secrets, of every file that git has or would take.

It guesses by words and by entropy, so most of what it finds is none. What is harmless is told by its shape,
and why; there is no list of places that nobody reads, and no comment in the code silences anything. What it
found is never shown: only where.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from scripts.errors import Failed
from scripts.validate.findings import Finding
from tests.audit import tools
from tests.audit.verdict import Excused, Verdict, stale

#: A picture or a font is no text: it is left out, and not counted.
NO_TEXT = frozenset({".gif", ".ico", ".jpeg", ".jpg", ".png", ".webp", ".woff", ".woff2"})

KEYWORD = "Secret Keyword"
BASE64 = "Base64 High Entropy String"
HEX = "Hex High Entropy String"


@dataclass(frozen=True)
class Harmless:
    """What looks like a secret and is none: in which files, and why.

    `line` is what stands around it; its group `value` is what detect-secrets must have meant.
    """

    rule: str
    files: str
    line: str
    reason: str

    def covers(self, hit: Hit) -> bool:
        """Whether it was made for that."""
        return (
            self.rule == hit.rule
            and fnmatchcase(hit.file, self.files)
            and any(hit.value == found["value"] for found in re.finditer(self.line, hit.text))
        )


@dataclass(frozen=True)
class Hit:
    """What detect-secrets takes for a secret, and the line. Neither is ever shown."""

    rule: str
    file: str
    line: int
    text: str = field(repr=False)
    value: str = field(repr=False)

    def finding(self) -> Finding:
        """Where it is, not what."""
        return Finding(
            self.file,
            self.rule,
            "secret",
            "this line looks as if it held one",
            line=self.line,
            fix="Revoke it and take it out; if it is none, say why in tests/audit/leaks.py.",
        )


HARMLESS: Sequence[Harmless] = (
    Harmless(HEX, "*requirements*", "--hash=sha256:(?P<value>[0-9a-f]{64})", "a file's digest"),
    Harmless(
        HEX,
        "generator/data/wheels.json",
        '"sha256": "(?P<value>[0-9a-f]{64})"',
        "a file's digest",
    ),
    Harmless(
        HEX,
        "tests/unit/*",
        '"(?P<value>3f6a1c09be27d458|d77f392950b7ed10)"',
        "the digest of a plan, or of a file",
    ),
    Harmless(
        HEX,
        "*",
        '"(?P<value>0123456789abcdef|fedcba9876543210|E1A2B3C4D5E6F7|a1b2c3d4e5)"',
        "an example: it counts up",
    ),
    Harmless(
        BASE64,
        "*",
        r"(?P<value>[\w/=-]*(0123456789(AB|abcdef|-)|0A1B2C3D4E5F6)(\\n)?)",
        "an example: it counts up",
    ),
    Harmless(
        KEYWORD,
        "generator/data/iam.json",
        r'"(?P<value>(List|Read|Write|Tagging|Permissions management)\b[^"]*|arn:[^"]*)"',
        "what IAM knows of an action",
    ),
    Harmless(
        KEYWORD,
        "*",
        r'(Secret(Id|Arn)|[cC]lientRequestToken|[Nn]ext(Page)?Token|HttpTokens)"?\]?(: |=| == )'
        r'"(?P<value>[^"]*)"',
        "the name of a secret, a request or a page, in AWS's words",
    ),
    Harmless(
        KEYWORD,
        "*",
        r'["`](?P<value>Name|Read|Ref|ReplicaRegions|AWS::\w+::\w+'
        r"|(arn:aws:)?secretsmanager:[\w:{}*-]+|aws secretsmanager [\w {}-]+"
        r'|ministack\.[\w.]+|secrets\.json|db:password)["`]',
        "a type, an ARN, a command or a module that is about secrets",
    ),
    Harmless(
        KEYWORD,
        "*",
        r'(password_encryption|password_auth_method|[tT]oken|TOKEN_SHAPE)"?\]?(: | = | == )'
        r'"(?P<value>scram(-sha-256)?|token|attribute_exists|\^tok_[^"]*)"',
        "how a password or a token is kept, not one",
    ),
    Harmless(
        KEYWORD,
        "*",
        r'"(?P<value>none|sandbox|endpoint|build|secret|token|SESSION_CACHE_SECRET|a-session-token)"',
        "what stands where the embedded AWS wants credentials, and reads none",
    ),
    Harmless(
        KEYWORD,
        "*",
        r'"(?P<value>tok_\w*|declined)"',
        "a payment that the stand-in of the payment processor knows",
    ),
    Harmless(
        KEYWORD,
        "tests/*",
        r'"(?P<value>[a-z]{2,}\d?([ -][a-z]*\d?){0,3})"',
        "what a test calls a password: words, and nothing random",
    ),
    Harmless("Basic Auth Credentials", "*", ":(?P<value>hunter2)@", "everybody's password"),
    Harmless("GitHub Token", "tests/*", r"^def test_\w*(?P<value>ghs)_\w+\(", "the name of a test"),
)


def audit(python: Path, project: Path, harmless: Sequence[Harmless] = HARMLESS) -> Verdict:
    """Look through the tree. Raises Failed where it cannot be listed or read.

    `python` is one that has detect-secrets.
    """
    files = listed(project)
    program = str(Path(__file__).with_name("scan.py"))
    said = json.loads(tools.run(python, program, folder=project, told=json.dumps(files)).stdout)
    return judged(_hits(said["hits"], project), harmless, len(files), said["unread"])


def listed(project: Path) -> list[str]:
    """Every file that git has, or would take if it were asked."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    git = subprocess.run(asked, cwd=project, check=False, capture_output=True, text=True)
    if git.returncode:
        raise Failed(
            f"git does not say what {project} holds: {git.stderr.strip()}",
            fix="Run make audit in a clone.",
        )
    return sorted({name for name in git.stdout.split("\0") if Path(project, name).is_file()})


def judged(
    hits: Iterable[Hit], harmless: Sequence[Harmless], files: int, unread: Sequence[str] = ()
) -> Verdict:
    """What looks like a secret and is not known to be none. `unread` of the files are no text."""
    found, excused, needed = list[Finding](), list[Excused](), set[Harmless]()
    for hit in dict.fromkeys(hits):
        exception = next((each for each in harmless if each.covers(hit)), None)
        if exception is None:
            found.append(hit.finding())
        else:
            needed.add(exception)
            excused.append(Excused(hit.finding(), exception.reason))
    unneeded = [each for each in harmless if each not in needed]
    return Verdict(
        "secrets",
        f"{files - len(unread)} files; what git once had was not read",
        (
            *sorted(found),
            *(stale(each.files, each.rule, each.line, "tests/audit/leaks.py") for each in unneeded),
        ),
        tuple(sorted(excused)),
        tuple(
            f"{file}: it is no text" for file in unread if Path(file).suffix.lower() not in NO_TEXT
        ),
    )


def _hits(said: Iterable[tuple[str, str, int, str]], project: Path) -> Iterator[Hit]:
    for rule, file, line, value in said:
        lines = Path(project, file).read_text(encoding="utf-8").splitlines()
        yield Hit(rule, file, line, lines[line - 1].strip(), value)
