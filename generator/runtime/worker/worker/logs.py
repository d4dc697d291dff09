"""Logs: one JSON object a line, in the file that CloudWatch's agent reads.

An exception is told by its type and its place, not by its words: those may repeat what a message held.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

#: What a caller may add to a line.
FIELDS = ("job", "kind", "message", "receives", "seconds", "reason", "seen", "lines", "product")


class JsonLines(logging.Formatter):
    """A record as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        at = datetime.fromtimestamp(record.created, UTC)
        line = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "says": record.getMessage(),
            **{
                name: vars(record)[f"job_{name}"]
                for name in FIELDS
                if f"job_{name}" in vars(record)
            },
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            while trace and trace.tb_next:
                trace = trace.tb_next
            line["exception"] = kind.__name__
            if trace:
                line["where"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return json.dumps(line)


def configure(file: str = "") -> None:
    """All of it to the file, which may be rotated under us, or to stderr; of libraries their warnings."""
    handler = WatchedFileHandler(file) if file else logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("boto3", "botocore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def about(**fields: object) -> dict[str, object]:
    """The `extra` of a line: `log.info("done", extra=about(job=…))`."""
    return {f"job_{name}": value for name, value in fields.items()}
