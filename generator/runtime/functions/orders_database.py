"""The orders database: connections that only the server which knows the password can have made.

No list of RDS's authorities travels with the function. SCRAM-SHA-256-PLUS does more than such a list would:
the proof that each side gives of the password is bound to the certificate of this very connection, so whoever
stands between is found out before anything is said (RFC 5802, RFC 5929). pg8000 would settle for less if a
server asked for less; here it is not asked twice.
"""

import contextlib
import ssl
import struct

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection
from scramp import ScramException

#: Seconds for each answer of the server, the first one included; milliseconds that a statement may run, so
#: that it is the server who gives up first.
PATIENCE, STATEMENT_TIMEOUT = 5, 4000

MECHANISM = b"SCRAM-SHA-256-PLUS"

#: The requests that a login is made of, in their order: AuthenticationSASL, -SASLContinue, -SASLFinal, -Ok.
#: https://www.postgresql.org/docs/17/protocol-message-formats.html
SASL, SASL_CONTINUE, SASL_FINAL, OK = 10, 11, 12, 0

#: SQLSTATE: this password or user is not taken.
REFUSED = ("28P01", "28000")

#: SQLSTATE, or its class, of a database that takes no writes for now: a lost connection, a deadlock, no room
#: or no slot left, a statement that took too long, a shutdown or a start, a failing system; a replica, or a
#: primary that a failover has turned into one; a lock that is held.
#: https://www.postgresql.org/docs/17/errcodes-appendix.html
FOR_NOW = ("08", "40", "53", "57", "58", "25006", "55P03")

#: How pg8000 fails where there is no PostgreSQL that can be trusted at the other end.
NO_SERVER = (InterfaceError, ScramException, OSError, ValueError, LookupError, struct.error)


class DatabaseNotWritable(Exception):
    """No secret, no connection, no login, no writes: a failover, a replica, a night's stop."""


class LoginRefused(Exception):
    """The server is there, and does not take this user with this password."""


class StatementRefused(Exception):
    """The server will refuse this statement however often it is asked: the fault is ours."""


class BoundConnection(Connection):
    """A connection whose login was SCRAM with channel binding, from its first request to its last."""

    def __init__(self, **chosen):
        self.still_to_come = [SASL, SASL_CONTINUE, SASL_FINAL, OK]
        super().__init__(**chosen)
        if self.still_to_come:
            self.close()
            raise InterfaceError("the server let us in without a proof")

    def handle_AUTHENTICATION_REQUEST(self, data, context):  # noqa: N802 - pg8000's name
        """Take the next request if it is the one that has to come, and no other."""
        (request,) = struct.unpack_from("!i", data)
        if not self.still_to_come or request != self.still_to_come.pop(0):
            raise InterfaceError(f"the server asks for authentication {request} out of turn")
        if request == SASL:
            if MECHANISM not in data[4:].split(b"\0"):
                raise InterfaceError(f"the server does not offer {MECHANISM.decode()}")
            data = data[:4] + MECHANISM + b"\0\0"
        super().handle_AUTHENTICATION_REQUEST(data, context)

    def close(self):
        """Close it at once: pg8000 leaves that to whoever last holds its file, be it a traceback."""
        wire = self._sock
        try:
            super().close()
        finally:
            if wire is not None:
                with contextlib.suppress(OSError, ValueError):
                    wire.close()


def connect(host, port, login, application):
    """Log in with the value of a secret. Raises LoginRefused or DatabaseNotWritable."""
    bound = ssl.create_default_context()
    bound.check_hostname, bound.verify_mode = False, ssl.CERT_NONE  # the login proves more
    try:
        return BoundConnection(
            host=host,
            port=int(port),
            user=login["username"],
            password=login["password"],
            database=login["dbname"],
            ssl_context=bound,
            timeout=PATIENCE,
            application_name=application,
            startup_params={"statement_timeout": str(STATEMENT_TIMEOUT)},
        )
    except DatabaseError as error:
        raise (LoginRefused if state(error) in REFUSED else DatabaseNotWritable)(
            f"SQLSTATE {state(error)}"
        ) from None
    except NO_SERVER as error:
        raise DatabaseNotWritable(f"no connection: {told(error)}") from None


@contextlib.contextmanager
def told_plainly():
    """What the server says of a statement, by its SQLSTATE alone: its words may quote what was written."""
    try:
        yield
    except DatabaseError as error:
        kind = DatabaseNotWritable if state(error).startswith(FOR_NOW) else StatementRefused
        raise kind(f"SQLSTATE {state(error)}") from None
    except (InterfaceError, OSError) as error:
        raise DatabaseNotWritable(f"connection lost: {type(error).__name__}") from None


def told(error):
    """An error of the way to the database, or what the system says is behind it."""
    told_first = error.__cause__ if isinstance(error.__cause__, OSError) else error
    return f"{type(told_first).__name__}: {told_first}"


def state(error):
    """The SQLSTATE that an error bears."""
    fields = error.args[0] if error.args else None
    return str(fields.get("C", "unknown")) if isinstance(fields, dict) else "unknown"
