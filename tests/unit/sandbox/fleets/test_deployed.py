"""The environment of an instance is what the deployed boot script writes."""

from __future__ import annotations

import pytest

from generator.first_boot import SOURCES
from scripts.errors import Failed
from scripts.sandbox.fleets.deployed import variables

FILE = "/etc/tradewind/shop.env"


def boot(lines: str) -> str:
    script = (SOURCES / "boot.sh").read_text()
    return script.replace("${Fleet}", "shop").replace("${Variables}", lines)


def test_the_file_of_the_real_boot_script_is_found_among_the_others() -> None:
    assert variables(boot("TABLE=carts\nURL=http://x/?a=b\nEMPTY="), FILE, "lt-1") == {
        "TABLE": "carts",
        "URL": "http://x/?a=b",
        "EMPTY": "",
    }


def test_a_script_that_writes_no_such_file_is_named() -> None:
    with pytest.raises(Failed, match="lt-1 does not write /etc/tradewind/worker"):
        variables(boot("A=1"), "/etc/tradewind/worker.env", "lt-1")
