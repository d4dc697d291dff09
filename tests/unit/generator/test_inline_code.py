"""Inline code is one file that fits; what is too long travels without its docstrings and comments."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from generator.errors import BuildError
from generator.inline_code import INLINE_LIMIT, SOURCES, bare, inline

CODE = '''"""What it is."""

#: A thing.
THING = "# not a comment"


class Lost(Exception):
    """Where is it?"""


def find(where):
    """Look for it."""
    # here
    return {"in": where}
'''


def test_docstrings_and_comments_go_and_the_code_stays() -> None:
    told = bare(CODE)
    assert "What it is" not in told
    assert "Where is it" not in told
    assert "# here" not in told
    assert 'THING = "# not a comment"' in told
    module: dict[str, object] = {}
    exec(told, module)
    assert module["find"]("box") == {"in": "box"}  # type: ignore[operator]
    assert issubclass(module["Lost"], Exception)  # type: ignore[arg-type]


@pytest.mark.parametrize("source", sorted(path.stem for path in SOURCES.glob("*.py")))
def test_every_function_means_the_same_without_them(source: str) -> None:
    code = (SOURCES / f"{source}.py").read_text()
    assert meaning(bare(code)) == meaning(code)


def meaning(code: str) -> str:
    """The syntax tree without docstrings."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            kept = [s for s in node.body if not is_said(s)]
            node.body = kept or [ast.Expr(ast.Constant(...))]
    return ast.dump(tree)


def is_said(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def test_what_fits_travels_as_it_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("generator.inline_code.SOURCES", tmp_path)
    (tmp_path / "short.py").write_text(CODE)
    assert inline("short") == CODE


def test_what_does_not_fit_even_so_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("generator.inline_code.SOURCES", tmp_path)
    (tmp_path / "long.py").write_text("x = 1\n" * INLINE_LIMIT)
    with pytest.raises(BuildError, match=r"long\.py has"):
        inline("long")
    (tmp_path / "wordy.py").write_text(f'"""{"word " * INLINE_LIMIT}"""\n\nx = 1\n')
    assert inline("wordy") == "x = 1\n"
