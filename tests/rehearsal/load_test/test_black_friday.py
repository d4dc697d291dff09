"""The Black Friday plan, run by the JMeter that is installed, against a shop on loopback.

It skips where JMeter or its module for HTTP is missing: apt-get install jmeter jmeter-http.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scripts import cli
from scripts.errors import UsageError
from scripts.load_test import jmeter, results
from scripts.load_test.figures import Figures
from scripts.load_test.jmeter import JMeter
from scripts.load_test.load import Load
from scripts.load_test.rehearsal import RESULTS, Rehearsal
from tests.rehearsal.load_test.counter_shop import Shop, open_shop

PARAMS = Path(__file__).parents[3] / "params"

#: All at once, and for seconds only.
LOAD = Load(users=4, ramp=0, peak=5, decay=0)
HURRIED = {"think": "10", "hesitation": "10", "typing": "10"}
BUYERS = {**HURRIED, "browse": "0", "search": "0", "cart": "0", "checkout": "100", "retried": "100"}


@pytest.fixture(scope="module")
def installed() -> JMeter:
    try:
        return jmeter.find()
    except UsageError as missing:
        pytest.skip(f"{missing.message} {missing.fix}")


def run(installed: JMeter, shop: Shop, directory: Path, **properties: str) -> Figures:
    list(Rehearsal(installed, shop.url, LOAD, directory, properties).run())
    figures, missing = results.read([directory / RESULTS], lambda _: None)
    assert missing == ()
    return figures


def test_whoever_buys_is_charged_once_however_often_the_button_is_pressed(
    installed: JMeter, tmp_path: Path
) -> None:
    with open_shop() as shop:
        figures = run(installed, shop, tmp_path, **BUYERS)

    assert figures.whole.requests > 0
    assert dict(figures.causes) == {}
    pressed = Counter(shop.keys.values())
    assert pressed[2] > 0
    assert set(pressed) <= {1, 2}  # a run may end between the two
    assert all(re.fullmatch(r"tok_ok[a-z]{24}", token) for token in shop.tokens)
    assert len(shop.tokens) == len(shop.keys)


def test_a_shop_that_makes_two_orders_of_one_key_is_found_out(
    installed: JMeter, tmp_path: Path
) -> None:
    with open_shop(forgets_keys=True) as shop:
        figures = run(installed, shop, tmp_path, **BUYERS)

    again = figures.kinds["Checkout again"]
    assert again.failed == again.requests > 0
    assert figures.kinds["Checkout"].failed == 0


def test_answers_that_do_not_say_their_region_are_failures(
    installed: JMeter, tmp_path: Path
) -> None:
    with open_shop(region="") as shop:
        figures = run(installed, shop, tmp_path, **HURRIED)

    assert figures.whole.failed == figures.whole.requests > 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PARAMS, tmp_path / "params")
    return tmp_path


def test_the_command_runs_it_and_reports(
    installed: JMeter, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_shop() as shop:
        words = ["--users", "3", "--ramp", "0", "--peak", "3", "--decay", "1", "--target", shop.url]
        code = cli.main(
            ["--project", str(project), "--sandbox", "--json", "load-test", "dev", *words]
        )
    said: dict[str, Any] = json.loads(capsys.readouterr().out)

    assert code == 0
    assert said["verdict"]["outcome"] == "held"
    assert said["figures"]["requests"] > 0
    assert said["ran"]["where"].startswith("on this machine")
    assert Path(said["report"]).read_text().startswith("<!doctype html>")
