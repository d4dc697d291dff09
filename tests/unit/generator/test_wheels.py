"""The pinned wheels are those that the lock installs here: what is tested is what is bundled."""

from __future__ import annotations

from generator.wheels import closure, distributions, pinned
from scripts.wheel_snapshot import WITHOUT_PURE, direct, locked


def test_every_wheel_is_the_locks() -> None:
    lock = locked()
    assert len(lock) > 50
    for name, wheel in pinned().items():
        assert wheel.version == lock[name].version, f"{name}: run make snapshots"
        assert wheel.sha256 in lock[name].hashes, f"{name}: run make snapshots"


def test_every_wheel_is_for_any_machine_but_those_that_do_without_what_is_compiled() -> None:
    pure = [wheel for wheel in pinned().values() if wheel.distribution not in WITHOUT_PURE]
    assert len(pure) == len(pinned()) - 1
    assert {wheel.file.rpartition("-py")[2] for wheel in pure} <= {
        "3-none-any.whl",
        "2.py3-none-any.whl",
    }


def test_the_wheels_are_those_of_the_runtime_extra_and_all_that_they_need() -> None:
    assert {wheel.distribution for wheel in closure(direct())} == pinned().keys()


def test_a_module_is_found_by_the_name_that_it_is_imported_by() -> None:
    assert distributions()["dateutil"] == "python-dateutil"
    assert distributions()["six"] == "six"


def test_what_is_needed_twice_is_there_once() -> None:
    names = [wheel.distribution for wheel in closure(["boto3", "s3transfer", "pg8000"])]
    assert names == sorted(set(names))
    assert {"botocore", "six", "scramp"} <= {*names}
