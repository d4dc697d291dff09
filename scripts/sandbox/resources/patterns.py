"""Regular expressions of the provider schemas, in Python.

The schemas' patterns are checked by AWS with a Java library: they use Unicode classes (`\\p{L}`),
inline flags in the middle and ranges that `re` refuses. What neither `re` nor the `regex` package
(a dependency of cfn-lint) can read is not enforced: `matches` then says None.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import cache

# Java's names of POSIX classes, by the name that `regex` gives them.
_JAVA_CLASSES = (
    (r"\p{Print}", r"\p{posix_print}"),
    (r"\p{ASCII}", r"\x00-\x7F"),
    (r"\p{Alnum}", r"\p{posix_alnum}"),
    (r"\p{Alpha}", r"\p{posix_alpha}"),
    (r"\p{Punct}", r"\p{posix_punct}"),
    (r"\p{Graph}", r"\p{posix_graph}"),
)


def matches(pattern: str, text: str) -> bool | None:
    """Whether `pattern` is found in `text`; None if the pattern is beyond Python."""
    search = _search(pattern)
    return None if search is None else search(text)


@cache
def _search(pattern: str) -> Callable[[str], bool] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd but valid set such as `[[a]` warns and works
        try:
            expression = re.compile(pattern)
        except re.error:
            return _unicode_search(pattern)
    return lambda text: expression.search(text) is not None


def _unicode_search(pattern: str) -> Callable[[str], bool] | None:
    import regex  # type: ignore[import-untyped]

    if r"\p{ASCII}" in pattern and rf"[{_JAVA_CLASSES[1][0]}" not in pattern:
        pattern = pattern.replace(r"\p{ASCII}", r"[\p{ASCII}]")
    for java, python in _JAVA_CLASSES:
        pattern = pattern.replace(java, python)
    version = regex.VERSION1 if "&&" in pattern else regex.VERSION0
    try:
        expression = regex.compile(pattern, flags=version)
    except regex.error:
        return None
    return lambda text: expression.search(text) is not None
