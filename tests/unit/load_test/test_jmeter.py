"""JMeter is found where it is, and where it is not one sentence says what to install."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from scripts.errors import UsageError
from scripts.load_test import jmeter


def installation(home: Path, *, version: str = "5.6.3", http: bool = True) -> Path:
    (home / "bin").mkdir(parents=True)
    (home / "lib" / "ext").mkdir(parents=True)
    with zipfile.ZipFile(home / "bin" / "ApacheJMeter.jar", "w") as jar:
        jar.writestr(
            "META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\nImplementation-Version: {version}\n"
        )
    if http:
        (home / "lib" / "ext" / "ApacheJMeter_http.jar").touch()
    return home


def path_with(directory: Path, *programs: str) -> str:
    directory.mkdir(exist_ok=True)
    for program in programs:
        (directory / program).write_text("#!/bin/sh\n")
        (directory / program).chmod(0o755)
    return str(directory)


def test_it_is_found_by_jmeter_home(tmp_path: Path) -> None:
    home = installation(tmp_path / "jmeter")

    found = jmeter.find({"JMETER_HOME": str(home), "PATH": path_with(tmp_path / "bin", "java")})

    assert (found.home, found.version) == (home, "5.6.3")
    assert found.command(tmp_path, ("-n",)) == [str(home / "bin" / "jmeter"), "-n"]


def test_debians_is_found_behind_the_command_and_is_let_read_its_own_classes(
    tmp_path: Path,
) -> None:
    home = installation(tmp_path / "usr" / "share" / "jmeter", version="2.13.19691222")
    path = path_with(tmp_path / "usr" / "bin", "jmeter", "java")

    found = jmeter.find({"PATH": path})
    command = found.command(tmp_path, ("-n",))

    assert (found.home, found.version) == (home, "2.13")
    assert "bsh.Interpreter" in command
    assert command[-1] == "-n"
    assert "org.apache.jmeter.**" in Path(command[command.index("bsh.Interpreter") + 1]).read_text()


def test_a_2_13_with_its_own_xstream_is_started_as_it_comes(tmp_path: Path) -> None:
    home = installation(tmp_path, version="2.13")
    (home / "lib" / "xstream-1.4.8.jar").touch()

    assert not jmeter.JMeter(home, "2.13").needs_permission


def test_debians_without_its_module_for_http_is_told_which_package_that_is(tmp_path: Path) -> None:
    installation(tmp_path / "usr" / "share" / "jmeter", http=False)

    with pytest.raises(UsageError) as refused:
        jmeter.find({"PATH": path_with(tmp_path / "usr" / "bin", "jmeter", "java")})

    assert "jmeter-http" in refused.value.fix


@pytest.mark.parametrize("programs", [(), ("jmeter",), ("java",)])
def test_where_it_is_not_one_sentence_names_the_packages(
    tmp_path: Path, programs: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError, match=r"^JMeter is not installed here\.$") as refused:
        jmeter.find({"PATH": path_with(tmp_path / "bin", *programs)})

    assert "apt-get install jmeter jmeter-http" in refused.value.fix


def test_a_jar_that_is_broken_has_no_version(tmp_path: Path) -> None:
    home = installation(tmp_path / "jmeter")
    (home / "bin" / "ApacheJMeter.jar").write_bytes(b"broken")

    assert (
        jmeter.find({"JMETER_HOME": str(home), "PATH": path_with(tmp_path / "bin", "java")}).version
        == ""
    )
