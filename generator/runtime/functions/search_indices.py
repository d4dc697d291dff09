"""The catalogue's indices in the search domain: one is searched, one may be in the making.

Each has a name of its own and is known by an alias: `<INDEX>` is what the shop searches, `<INDEX>-next` what
`search_reindexer` fills. Whoever writes says since when what it writes is true, as OpenSearch's external
version: so the newest wins, whoever comes last.
https://docs.opensearch.org/latest/api-reference/document-apis/index-document/
"""

import json
import os

from domain_requests import insist, tries

OK, FORBIDDEN, NOT_FOUND, CONFLICT, BUSY, BROKEN = 300, 403, 404, 409, 429, 500

#: One more try may help.
AGAIN = "again"

#: Bytes of one request: the smallest domains take ten MiB.
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html
LARGEST = 5 * 1024 * 1024

searched = os.environ.get("INDEX", "catalogue")
made = f"{searched}-next"


def ask(end, method, path, body=None):
    """The domain's answer, which is waited for until `end` (monotonic)."""
    return insist(end, method, url(path), b"" if body is None else json.dumps(body).encode())


def standing(end):
    """Every index of the catalogue, with its aliases."""
    found = ask(end, "GET", f"{searched}-*/_alias")
    return {index: set(said["aliases"]) for index, said in found.items()}


def bulk(end, path, deeds):
    """What became of each deed: nothing to say, `AGAIN`, or why no second try would help.

    A deed is the lines that _bulk wants for it. What the domain is too busy for is tried again until `end`.
    """
    outcomes = [AGAIN] * len(deeds)
    for _ in tries(end):
        left = [number for number, said in enumerate(outcomes) if said == AGAIN]
        if not left:
            break
        said = [
            said for some in portions([deeds[n] for n in left]) for said in once(end, path, some)
        ]
        for number, became in zip(left, said, strict=True):
            outcomes[number] = became
    return outcomes


def once(end, path, deeds):
    """What one request has made of them."""
    body = "".join(line + "\n" for lines in deeds for line in lines)
    said = insist(end, "POST", url(path), body.encode(), "application/x-ndjson")
    return [outcome(item) for item in said["items"]]


def url(path):
    """An address in the domain."""
    return f"https://{os.environ['ENDPOINT']}/{path}"


def portions(deeds):
    """As many deeds as go into one request."""
    some, size = [], 0
    for lines in deeds:
        length = sum(len(line.encode()) + 1 for line in lines)
        if some and size + length > LARGEST:
            yield some
            some, size = [], 0
        some.append(lines)
        size += length
    if some:
        yield some


def outcome(item):
    """What is not there is deleted, too; and where a newer one stands already, nothing is amiss.

    An index that is gone, and that is not ours to make, was switched a moment ago: the next look shows which
    one stands now.
    """
    ((deed, said),) = item.items()
    status, error = said["status"], said.get("error")
    if (
        status < OK
        or status == CONFLICT
        or (deed == "delete" and status == NOT_FOUND and not error)
    ):
        return ""
    if status in (BUSY, NOT_FOUND, FORBIDDEN) or status >= BROKEN:
        return AGAIN
    return json.dumps(error) if error else str(status)
