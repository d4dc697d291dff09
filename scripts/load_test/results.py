"""The results of a run: fetched from S3 into a directory, and read from there into figures."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scripts import whole_files
from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Failed
from scripts.load_test.figures import Figures
from scripts.load_test.provisions import Place
from scripts.load_test.samples import Samples

#: How the file of a generator's results ends.
ENDING = ".jtl.gz"

_PIECE = 1 << 20
_SAID_EVERY = 200_000


def fetch(
    aws: Aws, region: str, place: Place, into: Path, tell: Callable[[str], None]
) -> tuple[Path, ...]:
    """Every generator's results below a prefix; what an earlier try has fetched is not fetched again."""
    s3 = aws.client("s3", region)
    listed = s3.pages("list_objects_v2", "Contents", Bucket=place.bucket, Prefix=place.key)
    fetched = []
    for found in listed:
        name = found["Key"].rpartition("/")[2]
        if found["Key"] != f"{place.key}{name}" or not name.endswith(ENDING):
            continue
        path = into / name
        if not path.is_file() or path.stat().st_size != found["Size"]:
            tell(f"fetching {name}")
            _fetch(aws, region, Place(place.bucket, found["Key"]), path)
        fetched.append(path)
    return tuple(fetched)


def read(paths: Sequence[Path], tell: Callable[[str], None]) -> tuple[Figures, tuple[str, ...]]:
    """The figures of all, and what of them could not be read."""
    whole, missing = Figures(), []
    for path in paths:
        generator = path.name.partition(".")[0]
        figures = Figures()
        try:
            with _lines(path) as lines:
                samples = Samples(lines)
                for number, sample in enumerate(samples, 1):
                    figures.add(sample, generator)
                    if number % _SAID_EVERY == 0:
                        tell(f"reading {path.name}: {number:,} requests")
                figures.unreadable += samples.unreadable
        except (OSError, EOFError, zlib.error, Failed) as error:
            said = error.message if isinstance(error, Failed) else str(error)
            missing.append(f"{path.name} could be read in part only: {said.rstrip('.')}.")
        whole.merge(figures)
    return whole, tuple(missing)


def _fetch(aws: Aws, region: str, place: Place, path: Path) -> None:
    """One object, to a file that bears its name only when it is whole."""
    from botocore.exceptions import BotoCoreError

    answer = aws.client("s3", region).call("get_object", Bucket=place.bucket, Key=place.key)
    try:
        with whole_files.draft(path) as unfinished, unfinished.open("wb") as file:
            while piece := answer["Body"].read(_PIECE):
                file.write(piece)
    except BotoCoreError as error:
        raise AwsSaidNo(
            f"{place} could not be fetched whole: {error}".rstrip(".") + ".",
            fix="Make the report again: tradewind load-test "
            f"{aws.environment.name} --follow; what is here is not fetched again.",
        ) from error


@contextmanager
def _lines(path: Path) -> Iterator[TextIO]:
    """The lines of a file that may be compressed, and whose letters may be broken."""
    with path.open("rb") as raw:
        opened = gzip.GzipFile(fileobj=raw) if path.name.endswith(".gz") else raw
        with io.TextIOWrapper(opened, "utf-8", errors="replace", newline="") as lines:
            yield lines
