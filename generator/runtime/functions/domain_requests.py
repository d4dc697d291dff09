"""Requests to an OpenSearch domain, signed with the function's role."""

import os
import urllib.request

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

credentials = botocore.session.get_session().get_credentials()


def send(method, url, body, content_type="application/json"):
    """The answer's body. Raises OSError where none comes, and HTTPError, which is one, for a refusal."""
    signed = AWSRequest(method, url, {"Content-Type": content_type}, body)
    SigV4Auth(credentials, "es", os.environ["AWS_REGION"]).add_auth(signed)
    request = urllib.request.Request(url, body, dict(signed.headers), method=method)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()
