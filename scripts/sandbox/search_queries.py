"""Searching an index of the sandbox: words in fields, as many as are asked for, the best first.

A field is split into words and their case is forgotten, as OpenSearch's standard analyzer does. How well a
document fits is counted more simply than there: words that are met exactly, times the field's boost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from scripts.sandbox.search_indices import Index, Refusal

_WORD = re.compile(r"\w+")

#: So many documents can be paged through.
_WINDOW = 10_000

_KNOWN = {"query", "from", "size", "_source", "track_total_hits"}

#: How many letters may be wrong in a word that is shorter than so many.
#: https://docs.opensearch.org/latest/query-dsl/term/fuzzy/
_LENIENCE = ((3, 0), (6, 1))
_UTMOST = 2

#: What a word counts that is met with a letter wrong.
_NEARLY = 0.5


def search(found: list[tuple[str, Index]], said: dict[str, Any]) -> dict[str, Any]:
    """What _search answers. Raises Refusal for whatever is not known here, or nowhere."""
    if unknown := said.keys() - _KNOWN:
        raise Refusal(400, "parsing_exception", f"Unknown key for a VALUE in [{min(unknown)}].")
    start, size = int(said.get("from", 0)), int(said.get("size", 10))
    if start < 0 or size < 0:
        raise Refusal(400, "illegal_argument_exception", "[from] and [size] cannot be negative")
    if start + size > _WINDOW:
        raise Refusal(
            400,
            "illegal_argument_exception",
            "Result window is too large, from + size must be less than or equal to: "
            f"[{_WINDOW}] but was [{start + size}].",
        )
    hits = ranked(found, said.get("query", {"match_all": {}}))
    shown = [
        {
            "_index": name,
            "_id": which,
            "_score": score,
            **({"_source": document} if said.get("_source", True) else {}),
        }
        for score, name, which, document in hits[start : start + size]
    ]
    return {
        "took": 0,
        "timed_out": False,
        "_shards": {"total": len(found), "successful": len(found), "skipped": 0, "failed": 0},
        "hits": {
            "total": {"value": len(hits), "relation": "eq"},
            "max_score": hits[0][0] if hits else None,
            "hits": shown,
        },
    }


def ranked(
    found: list[tuple[str, Index]], query: dict[str, Any]
) -> list[tuple[float, str, str, dict[str, Any]]]:
    """Score, index, id and document of what fits, the best first."""
    if len(query) != 1:
        raise Refusal(400, "parsing_exception", "[_na] query malformed, one query is one object")
    ((kind, said),) = query.items()
    hits = []
    for name, index in found:
        for which, (_, document) in index.documents.items():
            if (score := _score(kind, said, index, document)) is not None:
                hits.append((score, name, which, document))
    return sorted(hits, key=lambda hit: (-hit[0], hit[2]))


def _score(kind: str, said: Any, index: Index, document: dict[str, Any]) -> float | None:
    match kind, said:
        case "match_all", {}:
            return 1.0
        case "match", {**fields} if len(fields) == 1:
            ((field, about),) = fields.items()
            about = about if isinstance(about, dict) else {"query": about}
            return _multi({**about, "fields": [field]}, index, document)
        case "multi_match", {"query": _, "fields": _}:
            return _multi(said, index, document)
    raise Refusal(
        400, "parsing_exception", f"the sandbox knows match_all, match and multi_match, no [{kind}]"
    )


def _multi(said: dict[str, Any], index: Index, document: dict[str, Any]) -> float | None:
    """The best of the fields; with `and`, one field must have all of the words."""
    known = {"query", "fields", "operator", "fuzziness", "type"}
    if unknown := said.keys() - known:
        raise Refusal(
            400, "parsing_exception", f"[multi_match] query does not support [{min(unknown)}]"
        )
    operator = str(said.get("operator", "or")).lower()
    fuzziness, kind = said.get("fuzziness", 0), said.get("type", "best_fields")
    if operator not in ("and", "or") or fuzziness not in (0, "0", "AUTO") or kind != "best_fields":
        raise Refusal(
            400,
            "parsing_exception",
            "the sandbox knows best_fields, and/or, and fuzziness 0 or AUTO",
        )
    wanted = words(str(said["query"]))
    scores = []
    for told in said["fields"]:
        field, _, boost = str(told).partition("^")
        there = list(_words_of(field, index, document))
        met = [_met(word, there, fuzzy=fuzziness == "AUTO") for word in wanted]
        if met and (all(met) if operator == "and" else any(met)):
            scores.append(float(boost or 1) * sum(met))
    return max(scores, default=None)


def _words_of(field: str, index: Index, document: dict[str, Any]) -> Iterator[str]:
    """The words by which a field is found. One that the mapping has not is not found at all."""
    mapped = index.mappings.get("properties", {}).get(field)
    if mapped is None and index.mappings.get("dynamic", True) in (False, "false"):
        return
    values = document.get(field)
    for value in values if isinstance(values, list) else [values]:
        if value is not None and mapped and mapped["type"] == "keyword":
            yield str(value)
        elif value is not None:
            yield from words(str(value))


def words(text: str) -> list[str]:
    """As the standard analyzer splits a text."""
    return [word.lower() for word in _WORD.findall(text)]


def _met(word: str, there: list[str], *, fuzzy: bool) -> float:
    if word in there:
        return 1.0
    may_be_wrong = next((few for length, few in _LENIENCE if len(word) < length), _UTMOST)
    if fuzzy and any(apart(word, other) <= may_be_wrong for other in there):
        return _NEARLY
    return 0.0


def apart(one: str, other: str) -> int:
    """Letters to add, leave out, exchange, or swap with their neighbour, to make one word of another."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != against))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], against):
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
