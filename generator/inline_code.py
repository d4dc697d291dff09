"""A function's code as it travels inside the template: one file, of so many characters at most."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from generator.errors import BuildError

SOURCES = Path(__file__).parent / "runtime" / "functions"

#: What CloudFormation takes as inline code, in characters.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
INLINE_LIMIT = 4096

#: A line that is a comment, and more empty lines than stand anywhere.
COMMENT, BLANK = re.compile(r"^ *#.*\n", re.MULTILINE), re.compile(r"\n{4,}")

SIBLING_IMPORT = re.compile(r"^from (\w+) import .+\n", re.MULTILINE)


def inline(source: str) -> str:
    """The text of a function, checked against CloudFormation's limit.

    Inline code is one file: what it imports from a file beside it is written in the import's place. What is
    too long so travels without its docstrings and comments, which the repository keeps.
    """
    code = SIBLING_IMPORT.sub(_in_place, (SOURCES / f"{source}.py").read_text())
    if len(code) > INLINE_LIMIT:
        code = bare(code)
    if len(code) > INLINE_LIMIT:
        raise BuildError(
            f"{source}.py has {len(code)} characters; inline code takes {INLINE_LIMIT}"
        )
    return code


def _in_place(imported: re.Match[str]) -> str:
    sibling = SOURCES / f"{imported[1]}.py"
    return f"\n{sibling.read_text()}\n" if sibling.exists() else imported[0]


def bare(code: str) -> str:
    """The same code without docstrings and lines of comment."""
    lines = code.splitlines(keepends=True)
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            continue
        for statement in node.body:
            match statement:
                case ast.Expr(value=ast.Constant(value=str())):
                    first, last = statement.lineno - 1, statement.end_lineno or statement.lineno
                    instead = " " * statement.col_offset + "...\n" if len(node.body) == 1 else ""
                    lines[first:last] = [instead, *[""] * (last - first - 1)]
    return BLANK.sub("\n\n\n", COMMENT.sub("", "".join(lines))).lstrip()
