"""Requests that carry a key, and go where they are sent and nowhere else."""

import urllib.request


class Unfollowed(urllib.request.HTTPRedirectHandler):
    """A redirection is no answer: followed, it would take the key elsewhere."""

    def redirect_request(self, *_):
        """Nowhere: what was answered stays an error."""


opener = urllib.request.build_opener(Unfollowed)
