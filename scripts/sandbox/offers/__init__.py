"""What AWS offers where: machines, databases, cache nodes, search instances.

ministack tells a few of each, the same everywhere, and its sizes are not AWS's. Here all that cfn-lint's data
have of a region are told, in each zone of it: which zone lacks what is known to an account alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.sandbox.offers import caches, databases, machines, search

if TYPE_CHECKING:
    from scripts.sandbox.gateway import Service

SEAMS = (*machines.SEAMS, *databases.SEAMS, *caches.SEAMS)


def install() -> None:
    """Have EC2, RDS and ElastiCache tell them."""
    machines.install()
    databases.install()
    caches.install()


def service() -> Service:
    """OpenSearch Service's part, which ministack has no route for."""
    return search.service()
