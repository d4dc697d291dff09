"""How long a call of AWS may take: botocore waits a minute for one try, most functions have half of that."""

from botocore.config import Config

#: A packet lost on the way costs one try, and all of them end before a function of 30 seconds does.
CALLS = Config(
    connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
