"""How the shop stands: alive when asked shallowly, able to sell when asked deeply.

The load balancer asks shallowly: an instance is not replaced because DynamoDB is not well. Route 53 asks
deeply: a region that cannot sell is left. "No" is a 404: a load balancer counts a 5XX as an error of the
shop (ARCHITECTURE.md).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait

log = logging.getLogger("shop.health")

#: Seconds for all tables together; Route 53 waits for two.
#: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
TIMEOUT = 1.5

#: Seconds that an answer counts: many checkers ask, and a probe must not become load.
FRESH = 0.5

#: The key of an item that is seldom there: the question is whether the table answers. A drill of failover
#: puts one there, and names in UNWELL the regions that are to say that they cannot sell.
ITEM = "health-check"
UNWELL = "unwell_in"


class SaidToBeUnwell(Exception):
    """An operator, or a drill, has this region say no."""


class Health:
    """Looks at the tables without which nothing is sold, by the name of their key."""

    def __init__(
        self, dynamodb, tables: Mapping[str, str], region: str, clock=time.monotonic
    ) -> None:
        self.dynamodb, self.tables, self.region, self.clock = dynamodb, tables, region, clock
        self.threads: ThreadPoolExecutor | None = None
        self.looking = threading.Lock()
        self.looked_at, self.well = float("-inf"), False

    def able(self) -> bool:
        """Whether all tables answer, or did a moment ago. One request looks; the others wait for it."""
        with self.looking:
            if self.clock() - self.looked_at >= FRESH:
                self.well = self.look()
                self.looked_at = self.clock()
            return self.well

    def look(self) -> bool:
        """Ask all of them at once."""
        # After the fork, where there are threads.
        self.threads = self.threads or ThreadPoolExecutor(len(self.tables), "health")
        asked = {self.threads.submit(self.ask, *table): table[0] for table in self.tables.items()}
        done, late = wait(asked, timeout=TIMEOUT)
        for future in late:
            future.cancel()
        failed = [asked[future] for future in done if future.exception()]
        if failed or late:
            log.warning("not ready: %s", ", ".join([*failed, *(asked[future] for future in late)]))
        return not (failed or late)

    def ask(self, table: str, key: str) -> None:
        """Raises what the client raises, and SaidToBeUnwell."""
        answer = self.dynamodb.get_item(
            TableName=table, Key={key: {"S": ITEM}}, ConsistentRead=True
        )
        if self.region in answer.get("Item", {}).get(UNWELL, {}).get("SS", ()):
            raise SaidToBeUnwell(self.region)
