"""What the instance knows of itself and of what is to become of it: its metadata service, version 2.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import http.client
import os
import urllib.error
import urllib.request

#: Seconds that a token is good for, and that an answer may take.
TOKEN_SECONDS, TIMEOUT = 21600, 2.0


class Metadata:
    """Asked at the address that the AWS SDKs know, or that they are told."""

    def __init__(self, endpoint: str = "") -> None:
        told = endpoint or os.environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "")
        self.endpoint = (told or "http://169.254.169.254").rstrip("/")
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.token = ""

    def get(self, path: str) -> str | None:
        """What stands there, or None where nothing does. Raises OSError when nobody answers."""
        try:
            return self._get(path)
        except urllib.error.HTTPError as error:
            match error.code:
                case 404:
                    return None
                case 401:  # the token's time is over
                    self.token = ""
                    return self._get(path)
                case _:
                    raise

    def _get(self, path: str) -> str:
        self.token = self.token or self._ask(
            "PUT", "api/token", "X-aws-ec2-metadata-token-ttl-seconds", str(TOKEN_SECONDS)
        )
        return self._ask("GET", f"meta-data/{path}", "X-aws-ec2-metadata-token", self.token)

    def _ask(self, method: str, path: str, header: str, value: str) -> str:
        url = f"{self.endpoint}/latest/{path}"
        request = urllib.request.Request(url, headers={header: value}, method=method)
        try:
            with self.opener.open(request, timeout=TIMEOUT) as answer:
                return answer.read().decode()
        except (http.client.HTTPException, UnicodeDecodeError) as error:
            raise OSError("no answer of a metadata service") from error
