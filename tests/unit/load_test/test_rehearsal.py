"""A rehearsal loads this machine and nothing else, and ends JMeter however it ends itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.errors import Failed, UsageError
from scripts.load_test.jmeter import JMeter
from scripts.load_test.load import Load
from scripts.load_test.rehearsal import RESULTS, Rehearsal, refuse_abroad, summed_up


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://localhost:80", "http://localhost:80"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("http://127.9.9.9", "http://127.9.9.9"),
    ],
)
def test_a_shop_on_this_machine_is_loaded(said: str, target: str) -> None:
    assert refuse_abroad(said) == target


@pytest.mark.parametrize(
    "said",
    [
        "https://shop.example.com",
        "http://192.0.2.1:80",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com",
        "http://example.com@127.0.0.1",
        "http://10.0.0.1",
        "http://[fe80::1]",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:port",
        "http://127.0.0.1:80/shop",
        "http://127.0.0.1:80?x=1",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "",
    ],
)
def test_anything_else_is_refused_before_anything_is_started(said: str) -> None:
    with pytest.raises(UsageError):
        refuse_abroad(said)


@pytest.mark.parametrize(
    "line",
    [
        "summary +    200 in   5.0s =   40.0/s Avg:    26 Min:     0 Max:    49 Err:     3 (1.50%) "
        "Active: 6 Started: 6 Finished: 0",
        "summary +    200 in 00:00:05 =   40.0/s Avg:    26 Min:     0 Max:    49 Err:     3 (1.50%) "
        "Active: 6 Started: 6 Finished: 0",
    ],
)
def test_a_summary_of_either_version_is_told(line: str) -> None:
    assert summed_up(line) == "6 users, 40 requests/s, 1.5 % failed, 26 ms on average"


def test_the_sum_of_all_and_other_lines_are_not_told() -> None:
    assert (
        summed_up("summary =    463 in    12s =   40.2/s Avg:    28 Min: 0 Max: 49 Err: 0 (0%)")
        == ""
    )
    assert summed_up("Creating summariser <summary>") == ""


#: A JMeter that does what a test says, with the words it was given.
SCRIPT = """#!{python}
import sys, time, pathlib
words = sys.argv[1:]
results = pathlib.Path(words[words.index("--logfile") + 1])
pathlib.Path("words").write_text("\\n".join(words))
{body}
"""


def rehearsal(tmp_path: Path, body: str) -> Rehearsal:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    program = home / "bin" / "jmeter"
    program.write_text(SCRIPT.format(python=sys.executable, body=body))
    program.chmod(0o755)
    load = Load(users=3, ramp=1, peak=2, decay=1)
    return Rehearsal(
        JMeter(home, "5.6"), "http://127.0.0.1:1", load, tmp_path / "run", {"think": "1"}
    )


def test_jmeter_is_told_the_load_and_the_target(tmp_path: Path) -> None:
    list(rehearsal(tmp_path, "results.write_text('x')").run())
    words = (tmp_path / "run" / "words").read_text().split()

    assert {
        "-Jtarget=http://127.0.0.1:1",
        "-Jusers=3",
        "-Jramp=1",
        "-Jpeak=2",
        "-Jdecay=1",
        "-Jthink=1",
    } <= set(words)


@pytest.mark.parametrize(
    "body",
    [
        "print('no such plan')",
        "results.write_text(''); print('no such plan')",
        "results.write_text('x'); print('no such plan'); sys.exit(1)",
    ],
)
def test_a_jmeter_that_brings_nothing_is_a_failure_in_its_own_words(
    tmp_path: Path, body: str
) -> None:
    with pytest.raises(Failed, match="no such plan"):
        list(rehearsal(tmp_path, body).run())


def test_whoever_stops_listening_ends_jmeter_and_keeps_its_results(tmp_path: Path) -> None:
    body = (
        "results.write_text('half')\n"
        "print('summary + 2 in 1s = 2.0/s Avg: 1 Min: 1 Max: 1 Err: 0 (0%)', flush=True)\n"
        "time.sleep(600)"
    )
    following = rehearsal(tmp_path, body).run()

    assert next(following) == "2 requests/s, 0 % failed, 1 ms on average"
    following.close()

    assert (tmp_path / "run" / RESULTS).read_text() == "half"


def test_a_jmeter_that_will_not_go_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scripts.load_test.rehearsal._STOP_SECONDS", 0.2)
    body = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('summary + 2 in 1s = 2.0/s Avg: 1 Min: 1 Max: 1 Err: 0 (0%)', flush=True)\n"
        "time.sleep(600)"
    )
    following = rehearsal(tmp_path, body).run()
    next(following)

    following.close()
