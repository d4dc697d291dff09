"""The one way in which a build can go wrong: the generator's own source is at fault."""

from __future__ import annotations


class BuildError(Exception):
    """A layer or a root is wired wrongly. The message names the layer, the port and what was expected."""
