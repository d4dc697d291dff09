"""Search: the domain's answer where there is a domain, else the assortment's own.

The domain says which products fit, and in which order; what they are and cost says the assortment, so that
an index that is behind shows no old price.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from .assortment import Assortment
from .fuses import Fuse
from .products import Product

#: Seconds that the domain has.
TIMEOUT = 1.5

#: Characters of a question that count, and answers that anybody looks at.
LONGEST, MOST = 80, 120

#: A hit in the name counts most; a letter may be wrong.
FIELDS = ("name^3", "category^2", "description")


class Search:
    """Whatever is asked, it answers; a domain that fails is left alone for a while."""

    def __init__(self, assortment: Assortment, domain: Callable[[str], list[str]] | None) -> None:
        self.assortment, self.domain = assortment, domain
        self.fuse = Fuse("search")

    def find(self, words: str) -> list[Product]:
        """The best first."""
        words = " ".join(words.split())[:LONGEST]
        if not words:
            return []
        found = self.fuse.ask(lambda: self.domain(words), None) if self.domain else None
        if found is None:
            return self.assortment.matching(words)[:MOST]
        return self.assortment.these(found)


class Domain:
    """An OpenSearch domain, asked with the instance's role."""

    def __init__(self, endpoint: str, index: str, region: str, credentials) -> None:
        self.url = f"https://{endpoint}/{index}/_search"
        self.region, self.credentials = region, credentials

    def __call__(self, words: str) -> list[str]:
        """The ids of what it finds. Raises OSError, or ValueError for what is no answer."""
        body = json.dumps(question(words)).encode()
        signed = AWSRequest("POST", self.url, {"Content-Type": "application/json"}, body)
        SigV4Auth(self.credentials, "es", self.region).add_auth(signed)
        request = urllib.request.Request(self.url, body, dict(signed.headers), method="POST")
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            hits = json.load(answer)["hits"]["hits"]
        return [hit["_id"] for hit in hits]


def question(words: str) -> dict[str, object]:
    """The words are data in it, whatever they are: no query language reads them.

    https://docs.opensearch.org/latest/query-dsl/full-text/multi-match/
    """
    match = {"query": words, "fields": FIELDS, "operator": "and", "fuzziness": "AUTO"}
    return {"size": MOST, "_source": False, "query": {"multi_match": match}}
