"""As much of PostgreSQL's protocol as one statement takes: TLS, SCRAM-SHA-256-PLUS, a statement with values.

PLUS binds the password's proof to the server's certificate: who stands in between, with a certificate of his
own, can neither pass the proof on nor give the server's. So no list of authorities is needed.
https://www.postgresql.org/docs/current/protocol.html https://www.rfc-editor.org/rfc/rfc5802
"""

import base64
import hashlib
import hmac
import secrets
import socket
import ssl
import struct


class PostgresError(Exception):
    """What the server answered; `code` is its SQLSTATE."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Session:
    """A connection, logged in. Raises OSError where there is none, PostgresError where it is refused."""

    def __init__(self, host, port, user, password, database):
        plain = socket.create_connection((host, port), timeout=10)
        plain.sendall(struct.pack("!ii", 8, 80877103))
        if plain.recv(1) != b"S":
            raise ConnectionError("the server offers no TLS")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.socket = context.wrap_socket(plain)
        self.stream = self.socket.makefile("rb")
        about = f"user\0{user}\0database\0{database}\0\0".encode()
        self.socket.sendall(struct.pack("!ii", 8 + len(about), 196608) + about)
        self.log_in(password.encode())

    def log_in(self, password):
        """The client's side of SCRAM; the server's proof is checked as well."""
        gs2 = b"p=tls-server-end-point,,"
        nonce = b"n=,r=" + base64.b64encode(secrets.token_bytes(18))
        self.answer(b"R")
        first = gs2 + nonce
        self.send(b"p", b"SCRAM-SHA-256-PLUS\0" + struct.pack("!i", len(first)) + first)
        server = self.answer(b"R")[4:]
        fields = dict(part.split(b"=", 1) for part in server.split(b","))
        if not fields[b"r"].startswith(nonce[5:]):
            raise ConnectionError("not an answer to this client")
        bound = hashlib.sha256(self.socket.getpeercert(binary_form=True)).digest()
        bare = b"c=" + base64.b64encode(gs2 + bound) + b",r=" + fields[b"r"]
        salted = hashlib.pbkdf2_hmac(
            "sha256", password, base64.b64decode(fields[b"s"]), int(fields[b"i"])
        )
        said = b",".join([nonce, server, bare])
        key = sign(salted, b"Client Key")
        proof = bytes(a ^ b for a, b in zip(key, sign(hashlib.sha256(key).digest(), said)))
        self.send(b"p", bare + b",p=" + base64.b64encode(proof))
        if self.answer(b"R")[4:] != b"v=" + base64.b64encode(sign(sign(salted, b"Server Key"), said)):
            raise ConnectionError("the server does not know the password")
        self.until_ready()

    def run(self, statement, *values):
        """One statement, its values sent apart from it."""
        bound = [struct.pack("!i", len(v)) + v for v in (value.encode() for value in values)]
        self.send(b"P", b"\0" + statement.encode() + b"\0\0\0")
        self.send(b"B", b"\0\0\0\0" + struct.pack("!h", len(bound)) + b"".join(bound) + b"\0\0")
        self.send(b"E", b"\0\0\0\0\0")
        self.send(b"S", b"")
        self.until_ready()

    def until_ready(self):
        """Read on until the server waits for us; raise what it complained of."""
        code = None
        while (kind := self.read())[0] != b"Z":
            code = code or sqlstate(kind)
        if code:
            raise PostgresError(code)

    def answer(self, kind):
        """The next message, which must be of this kind."""
        message = self.read()
        if message[0] != kind:
            raise PostgresError(sqlstate(message) or "08P01")
        return message[1]

    def read(self):
        """One message: its kind, and what it holds."""
        head = self.stream.read(5)
        if len(head) < 5:
            raise ConnectionError("the server hung up")
        return head[:1], self.stream.read(struct.unpack("!i", head[1:])[0] - 4)

    def send(self, kind, body):
        """One message."""
        self.socket.sendall(kind + struct.pack("!i", len(body) + 4) + body)


def sign(key, text):
    """HMAC-SHA-256."""
    return hmac.digest(key, text, "sha256")


def sqlstate(message):
    """The code of an error message."""
    kind, body = message
    fields = body.split(b"\0") if kind == b"E" else []
    return next((field[1:].decode() for field in fields if field[:1] == b"C"), None)
