"""The login to the orders database, against servers that would have the password for less."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from scramp import ScramException, ScramMechanism

from tests.unit.runtime.loading import execution_environment

LOGIN = {"username": "owner", "password": "the secret itself", "dbname": "orders"}
PLUS, PLAIN = b"SCRAM-SHA-256-PLUS", b"SCRAM-SHA-256"
OK, CLEARTEXT, MD5, GSS, SASL, CONTINUE, FINAL = 0, 3, 5, 7, 10, 11, 12

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl to make a certificate with"
)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key, in one file, and the certificate beside it."""
    return made_certificate(tmp_path_factory.mktemp("certificate") / "server.pem")


def made_certificate(path: Path) -> Path:
    crt = path.with_suffix(".crt")
    words = "req -new -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 1 -sha256"
    files = ["-subj", "/CN=orders", "-keyout", str(path), "-out", str(crt)]
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
    path.write_text(path.read_text() + crt.read_text())
    return path


class Server:
    """One connection's worth of a server: it says what it is told to, and keeps what it hears."""

    def __init__(self, plays: Callable[[Server], None], certificate: Path, answer: bytes) -> None:
        self.heard = b""
        self._plays, self._certificate, self._answer = plays, certificate, answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(PATIENCE)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        plain, _ = self._listener.accept()
        plain.settimeout(PATIENCE)
        with plain, suppress(OSError, EOFError, ScramException):
            plain.recv(8)
            plain.sendall(self._answer)
            if self._answer != b"S":
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            with context.wrap_socket(plain, server_side=True) as self.tls:
                (length,) = struct.unpack("!i", self._exactly(4))
                self._exactly(length - 4)
                self._plays(self)
                while heard := self.tls.recv(4096):
                    self.heard += heard

    def close(self) -> None:
        self._thread.join()
        self._listener.close()

    def ask(self, request: int, detail: bytes = b"") -> None:
        self.say(b"R", struct.pack("!i", request) + detail)

    def say(self, kind: bytes, body: bytes = b"") -> None:
        self.tls.sendall(kind + struct.pack("!i", len(body) + 4) + body)

    def hear(self) -> bytes:
        _, length = struct.unpack("!ci", self._exactly(5))
        body = self._exactly(length - 4)
        self.heard += body
        return body

    def _exactly(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            more = self.tls.recv(length - len(got))
            if not more:
                raise EOFError
            got += more
        return got


Playing = Callable[..., Server]


@pytest.fixture
def playing(certificate: Path) -> Iterator[Playing]:
    servers = []

    def play(plays: Callable[[Server], None], answer: bytes = b"S") -> Server:
        servers.append(Server(plays, certificate, answer))
        return servers[-1]

    yield play
    for server in servers:
        server.close()


@pytest.fixture
def orders() -> ModuleType:
    return execution_environment("orders_database")


def offered(*mechanisms: bytes) -> bytes:
    return b"".join(name + b"\0" for name in mechanisms) + b"\0"


def asks(request: int, detail: bytes = b"") -> Callable[[Server], None]:
    """A server that asks once, and would be content with whatever comes."""

    def play(server: Server) -> None:
        server.ask(request, detail)
        server.hear()
        server.ask(OK)
        server.say(b"Z", b"I")

    return play


def admits(server: Server) -> None:
    """A server that asks for nothing at all."""
    server.ask(OK)
    server.say(b"Z", b"I")


def is_ready(server: Server) -> None:
    """A server that does not even say that the login is over."""
    server.say(b"Z", b"I")


def is_a_web_server(server: Server) -> None:
    """A server of something else behind the same port."""
    server.tls.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    server.tls.shutdown(socket.SHUT_RDWR)


def knows(password: str, certificate: Path) -> Callable[[Server], None]:
    """The database itself: it knows a password, and has a certificate."""

    def play(server: Server) -> None:
        mechanism = ScramMechanism(PLUS.decode())
        kept = mechanism.make_auth_info(password)
        own = ("tls-server-end-point", certificate.with_suffix(".crt").read_text())
        talk = mechanism.make_server(lambda _: kept, channel_binding=own)
        server.ask(SASL, offered(PLUS, PLAIN))
        first = server.hear()
        talk.set_client_first(first[first.index(b"\0") + 5 :].decode())
        server.ask(CONTINUE, talk.get_server_first().encode())
        talk.set_client_final(server.hear().decode())
        server.ask(FINAL, talk.get_server_final().encode())
        server.ask(OK)
        server.say(b"Z", b"I")

    return play


def pretends(*requests: tuple[int, bytes]) -> Callable[[Server], None]:
    """A server that asks for the proof, and ends with these without knowing the password itself."""

    def play(server: Server) -> None:
        server.ask(SASL, offered(PLUS, PLAIN))
        nonce = server.hear().rpartition(b"r=")[2]
        server.ask(CONTINUE, b"r=" + nonce + b"x,s=" + b64encode(b"s" * 16) + b",i=4096")
        server.hear()
        for request, detail in requests:
            server.ask(request, detail)
        server.say(b"Z", b"I")

    return play


#: Seconds after which a server gives up, so that no test waits for ever.
PATIENCE = 20

#: What a client sends before it goes: it says so much to anybody.
GOODBYE = b"X\0\0\0\4"

WANT_LESS: dict[str, Any] = {
    "cleartext": asks(CLEARTEXT),
    "md5": asks(MD5, b"salt"),
    "gss": asks(GSS),
    "plain scram": asks(SASL, offered(PLAIN)),
    "nothing offered": asks(SASL, b"\0"),
    "a challenge before its time": asks(CONTINUE, b"r=x,s=c2FsdA==,i=4096"),
    "no password": admits,
    "no login": is_ready,
}

PROVE_NOTHING: dict[str, Any] = {
    "no proof of its own": pretends((OK, b"")),
    "not even an end": pretends(),
    "a wrong proof of its own": pretends((FINAL, b"v=" + b64encode(bytes(32))), (OK, b"")),
}


@pytest.mark.parametrize("plays", WANT_LESS.values(), ids=WANT_LESS)
def test_a_server_that_asks_for_less_hears_nothing(
    orders: ModuleType, playing: Playing, plays: Callable[[Server], None]
) -> None:
    server = playing(plays)
    with pytest.raises(orders.DatabaseNotWritable, match="no connection"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")
    server.close()
    assert server.heard in (b"", GOODBYE)


@pytest.mark.parametrize("plays", PROVE_NOTHING.values(), ids=PROVE_NOTHING)
def test_a_server_that_does_not_know_the_password_is_told_no_statement(
    orders: ModuleType, playing: Playing, plays: Callable[[Server], None]
) -> None:
    server = playing(plays)
    with pytest.raises(orders.DatabaseNotWritable, match="no connection"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")
    server.close()
    assert LOGIN["password"].encode() not in server.heard


def test_a_server_that_knows_the_password_is_trusted(
    orders: ModuleType, playing: Playing, certificate: Path
) -> None:
    server = playing(knows(LOGIN["password"], certificate))
    orders.connect("127.0.0.1", server.port, LOGIN, "test").close()


def test_whatever_else_a_server_offers_is_left_alone(orders: ModuleType, playing: Playing) -> None:
    """PostgreSQL 18 knows logins that SCRAM's library has never heard of."""
    server = playing(asks(SASL, offered(b"OAUTHBEARER", PLUS)))
    with pytest.raises(orders.DatabaseNotWritable):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")
    server.close()
    assert server.heard.startswith(PLUS + b"\0")


def test_whoever_stands_between_is_found_out_by_the_certificate(
    orders: ModuleType, playing: Playing, tmp_path: Path
) -> None:
    """All is passed on to the database and back, which has another certificate."""
    other = made_certificate(tmp_path / "other.pem")
    server = playing(knows(LOGIN["password"], other))
    with pytest.raises(orders.DatabaseNotWritable, match="no connection"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")


def test_a_server_without_tls_hears_nothing(orders: ModuleType, playing: Playing) -> None:
    server = playing(is_ready, answer=b"N")
    with pytest.raises(orders.DatabaseNotWritable, match="no connection"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")


def test_what_is_no_postgresql_is_no_connection(orders: ModuleType, playing: Playing) -> None:
    server = playing(is_a_web_server)
    with pytest.raises(orders.DatabaseNotWritable, match="no connection"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")


@pytest.mark.parametrize(
    ("sqlstate", "kind"),
    [
        ("28P01", "LoginRefused"),
        ("28000", "LoginRefused"),
        ("57P03", "DatabaseNotWritable"),
        ("53300", "DatabaseNotWritable"),
        ("3D000", "DatabaseNotWritable"),
    ],
)
def test_a_login_that_fails_says_whether_another_password_would_help(
    orders: ModuleType, playing: Playing, sqlstate: str, kind: str
) -> None:
    told = f"SFATAL\0C{sqlstate}\0Muser owner is unknown\0\0".encode()
    server = playing(lambda server: server.say(b"E", told))
    with pytest.raises(vars(orders)[kind], match=f"^SQLSTATE {sqlstate}$"):
        orders.connect("127.0.0.1", server.port, LOGIN, "test")


@pytest.mark.parametrize(
    "sqlstate",
    ["25006", "57P01", "57P02", "57P03", "57014", "53300", "53100", "08006", "40P01", "58030"],
)
def test_a_database_that_takes_no_writes_for_now_is_waited_for(
    orders: ModuleType, sqlstate: str
) -> None:
    with pytest.raises(orders.DatabaseNotWritable, match=sqlstate), orders.told_plainly():
        raise orders.DatabaseError({"C": sqlstate, "M": "of customer c-1", "D": "(c-1, 5000)"})


@pytest.mark.parametrize("sqlstate", ["23514", "42P01", "22P02", "42501"])
def test_a_statement_that_is_wrong_is_a_bug_and_quotes_nothing(
    orders: ModuleType, sqlstate: str
) -> None:
    with pytest.raises(orders.StatementRefused) as refused, orders.told_plainly():
        raise orders.DatabaseError({"C": sqlstate, "M": "of customer c-1", "D": "(c-1, 5000)"})
    assert str(refused.value) == f"SQLSTATE {sqlstate}"
    assert refused.value.__suppress_context__
