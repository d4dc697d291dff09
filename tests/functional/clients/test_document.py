"""The page's commands are found, and each of them is run by a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.functional.clients.document import PAGE, blocks

TESTS = {"The AWS CLI": "test_awscli.py", "Sceptre": "test_sceptre.py"}


def test_every_command_of_the_page_is_run() -> None:
    first = dict[str, str]()
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        before = first.setdefault(block.section, block.heading)
        if block.heading != before:
            test = (Path(__file__).parent / TESTS[block.section]).read_text(encoding="utf-8")
            assert f'.follow("{block.heading}")' in test
    assert first.keys() == TESTS.keys()


def test_no_heading_has_two_blocks() -> None:
    """`commands` knows them by their headings."""
    found = [(block.section, block.heading) for block in blocks(PAGE.read_text(encoding="utf-8"))]

    assert len(set(found)) == len(found) > 8


def test_commands_are_known_by_section_and_heading() -> None:
    text = "## One\n\n### A\n\n```sh\nls  # x\n\nls\n```\n\n```\nnot run\n```\n## Two\n```sh\npwd\n```\n"

    assert [(one.section, one.heading, one.script) for one in blocks(text)] == [
        ("One", "A", "ls  # x\n\nls"),
        ("Two", "", "pwd"),
    ]


def test_a_block_without_an_end_is_named() -> None:
    with pytest.raises(ValueError, match="under A have no end"):
        [*blocks("## One\n### A\n```sh\nls\n")]
