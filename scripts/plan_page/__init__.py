"""The plan on one page, for whoever decides about it: no script, no font, no network, nothing secret."""

from scripts.plan_page.page import Unplanned, page, write

__all__ = ["Unplanned", "page", "write"]
