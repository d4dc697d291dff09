"""What the session cache is, and what the shop may do in it."""

from __future__ import annotations

ENGINE_VERSION, FAMILY = "8.2", "valkey8"

#: Not Valkey's own; consumers read it from the layer's output.
PORT = 6380

#: The shop's name in the cache.
SHOP = "shop"

#: Sessions and answers to hot queries, each below a prefix, and the news that one has expired or made room;
#: nothing that looks beyond a key, or runs the cache.
#: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
SHOP_ACCESS = (
    "on ~session:* ~query:* resetchannels &__keyevent@0__:* "
    "-@all +@read +@write +@connection +@transaction +subscribe -@dangerous"
)

#: Who logs in without a name: nobody.
NOBODY_ACCESS = "off resetchannels -@all"

#: All that the shop keeps here expires, so what was used longest ago makes room first; both are told. A
#: connection that nobody has used for an hour ends.
PARAMETERS = {
    "maxmemory-policy": "volatile-lru",
    "notify-keyspace-events": "Exe",
    "timeout": "3600",
}
