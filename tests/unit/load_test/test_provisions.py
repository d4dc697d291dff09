"""Only JMeter itself, and only the one that Apache published, gets to the generators."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from scripts.errors import UsageError
from scripts.load_test import provisions
from scripts.load_test.provisions import Place

WHOLE = ("bin/jmeter", "bin/ApacheJMeter.jar", "lib/ext/ApacheJMeter_http.jar")


def archive(path: Path, *names: str, top: str = "apache-jmeter-5.6.3") -> Path:
    with tarfile.open(path, "w:gz") as made:
        for name in names:
            made.addfile(tarfile.TarInfo(f"{top}/{name}"), io.BytesIO())
    return path


def test_apaches_archive_is_known_by_its_digest(tmp_path: Path) -> None:
    path = archive(tmp_path / "jmeter.tgz", *WHOLE)

    found = provisions.read_archive(path)

    assert found.name == "apache-jmeter-5.6.3"
    assert found.sha512 == hashlib.sha512(path.read_bytes()).hexdigest()


def test_what_apache_says_beside_it_must_agree(tmp_path: Path) -> None:
    path = archive(tmp_path / "jmeter.tgz", *WHOLE)
    beside = tmp_path / "jmeter.tgz.sha512"
    beside.write_text(f"{hashlib.sha512(path.read_bytes()).hexdigest().upper()} *jmeter.tgz\n")
    provisions.read_archive(path)

    beside.write_text(f"{'0' * 128} *jmeter.tgz\n")
    with pytest.raises(UsageError, match=r"is not what jmeter\.tgz\.sha512 beside it says"):
        provisions.read_archive(path)


@pytest.mark.parametrize("missing", WHOLE)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, missing: str) -> None:
    path = archive(tmp_path / "jmeter.tgz", *(name for name in WHOLE if name != missing))

    with pytest.raises(UsageError, match=missing):
        provisions.read_archive(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00half"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "jmeter.tgz"
    path.write_bytes(content)

    with pytest.raises(UsageError, match="no whole"):
        provisions.read_archive(path)


def test_half_an_archive_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path / "jmeter.tgz", *WHOLE)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(UsageError, match="no whole"):
        provisions.read_archive(path)


def test_a_place_is_read_and_written_as_s3_addresses_are() -> None:
    place = Place.of("s3://bucket/a/key.zip")

    assert (place.bucket, place.key, str(place)) == ("bucket", "a/key.zip", "s3://bucket/a/key.zip")
