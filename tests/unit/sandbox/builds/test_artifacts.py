"""Which files a build gives, by AWS's patterns."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from scripts.sandbox.builds.artifacts import ArtifactFailed, collect, pack
from scripts.sandbox.builds.buildspec import ArtifactSpec


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("top.txt", "out/a.txt", "out/b.log", "out/deep/c.txt", "out/deep/er/d.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        (ArtifactSpec(("top.txt",)), {"top.txt"}),
        (ArtifactSpec(("*",)), {"top.txt"}),
        (ArtifactSpec(("out/*",)), {"out/a.txt", "out/b.log"}),
        (ArtifactSpec(("out/*.txt",)), {"out/a.txt"}),
        (ArtifactSpec(("out/**/*.txt",)), {"out/a.txt", "out/deep/c.txt", "out/deep/er/d.txt"}),
        (ArtifactSpec(("**/*",), "out"), {"a.txt", "b.log", "deep/c.txt", "deep/er/d.txt"}),
        (ArtifactSpec(("**/*",), "ou*/de*"), {"c.txt", "er/d.txt"}),
        (ArtifactSpec(("**/*",), "out", ("**/*.txt",)), {"b.log"}),
        (ArtifactSpec(("**/*.txt",), "out", (), True), {"a.txt", "c.txt", "d.txt"}),
        (ArtifactSpec(("none.txt", "top.txt")), {"top.txt"}),
    ],
)
def test_files_are_found_by_their_patterns(tree: Path, spec: ArtifactSpec, names: set[str]) -> None:
    assert set(collect(spec, tree)) == names


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (ArtifactSpec(("none.txt",)), "no matching artifact paths found"),
        (ArtifactSpec(("*",), "nowhere"), "no matching base directory path found for nowhere"),
    ],
)
def test_nothing_found_is_an_error_in_codebuilds_words(
    tree: Path, spec: ArtifactSpec, said: str
) -> None:
    with pytest.raises(ArtifactFailed, match=said):
        collect(spec, tree)


def test_the_same_files_are_the_same_zip(tree: Path) -> None:
    files = collect(ArtifactSpec(("**/*",), "out"), tree)
    first = pack(files)
    (tree / "out/a.txt").touch()
    assert pack(files) == first
    assert set(zipfile.ZipFile(io.BytesIO(first)).namelist()) == set(files)
