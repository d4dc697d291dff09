"""Logs: one JSON object a line, for people and for CloudWatch Logs Insights. No personal data is in them.

An exception is told by its type and by where it came from, not by its words: those may repeat what a
customer sent.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler

#: What a caller may add to a line.
FIELDS = ("route", "method", "status", "ms", "request_id")


class Lines(logging.Formatter):
    """A record as JSON."""

    def __init__(self, region: str) -> None:
        super().__init__()
        self.region = region

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "says": record.getMessage(),
            "region": self.region,
            "process": record.process,
            **{name: getattr(record, name) for name in FIELDS if hasattr(record, name)},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line)


def configure(region: str, file: str = "") -> None:
    """Everything to the file, which may be rotated under us, or to stderr; gunicorn's own lines as well."""
    handler = WatchedFileHandler(file) if file else logging.StreamHandler()
    handler.setFormatter(Lines(region))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(os.environ.get("SHOP_LOG_LEVEL", "INFO"))
    for name in ("gunicorn.error", "gunicorn.access"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
    for chatty in ("botocore", "urllib3", "boto3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
