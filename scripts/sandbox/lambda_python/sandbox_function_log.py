"""What a function logs: a line of JSON for each record, as Lambda's own Python writes it with LogFormat JSON.

Without it Python says nothing below WARNING, and a log of the sandbox would hide what one of AWS shows.
https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
"""

from __future__ import annotations

import json
import logging
import time


class Lines(logging.Formatter):
    """One record, one line."""

    def format(self, record: logging.LogRecord) -> str:
        """With the exception, if it bears one."""
        told: dict[str, object] = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            told["errorType"] = record.exc_info[0].__name__
            told["errorMessage"] = str(record.exc_info[1])
            told["stackTrace"] = self.formatException(record.exc_info).splitlines()
        return json.dumps(told)


def install() -> None:
    """On the root logger, as Lambda does; its level stays WARNING until a function sets another."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.getLogger().addHandler(handler)
