"""Answers for the shop until its first revision is there: alive when asked shallowly, not ready to serve.

The load balancer asks shallowly, so that a fresh fleet is not replaced in a loop; Route 53 asks deeply, so
that a region without a shop is not taken for one that could serve. It is told so by a 404: a 5XX every second
or two would fire the alarm that stops deployments, and with it the one that brings the first revision.
"""

import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORT = 8443
CERTIFICATE, KEY = "/etc/tradewind/tls.crt", "/etc/tradewind/tls.key"


class Stub(BaseHTTPRequestHandler):
    """200 on /healthz, 404 on /healthz?deep=1, 503 on anything else."""

    protocol_version = "HTTP/1.1"
    timeout = 65

    def do_GET(self):
        """Say how it stands."""
        asked = urlsplit(self.path)
        if asked.path != "/healthz":
            self.answer(503, b"no revision yet\n")
        elif parse_qs(asked.query).get("deep") == ["1"]:
            self.answer(404, b"no revision yet\n")
        else:
            self.answer(200, b"alive\n")

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def answer(self, status, body):
        """One answer a connection: what a request's body would leave unread is not mistaken for the next."""
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        """Health checks come every few seconds: they are not worth a line."""


def serve(port=PORT, certificate=CERTIFICATE, key=KEY):
    """TLS on the port that the load balancer knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("", port), Stub)
    # The handshake is left to each connection's thread: nobody can hold up the others.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    return server


if __name__ == "__main__":
    serve().serve_forever()
