"""The environment of the sandbox's process: without what is the user's.

Neither the user's AWS credentials nor a proxy reaches the emulator or the Lambda functions that it runs,
and no variable changes ministack behind our back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

_OF_THE_EMULATOR = frozenset(
    {"AUTH", "USE_SSL", "EDGE_PORT", "GATEWAY_PORT", "BIND_HOST", "STATE_DIR", "PERSIST_STATE"}
)


def cleaned(environment: Mapping[str, str]) -> dict[str, str]:
    """What of an environment the sandbox may have."""
    kept = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("AWS_", "MINISTACK_", "LAMBDA_"))
        and not name.lower().endswith("_proxy")
        and name not in _OF_THE_EMULATOR
    }
    return {
        **kept,
        # Nothing of ~/.aws is read either.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
