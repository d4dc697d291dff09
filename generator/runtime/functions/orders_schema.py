"""The tables of the orders database, and how they come to be: each change once, by whoever is first.

A change that has shipped is never edited; the next one is added behind it. Only what an older function can
live with belongs here, for it may still run while a newer one changes the tables.
"""

#: An order as it was acknowledged, by its pseudonymous customer. Money is in minor units. No payment token,
#: no name and no address is kept here.
ORDERS = """
CREATE TABLE orders (
    order_id uuid PRIMARY KEY,
    customer_id text,
    region text NOT NULL,
    total bigint NOT NULL CHECK (total >= 0),
    currency text NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT now()
)"""

ORDER_LINES = """
CREATE TABLE order_lines (
    order_id uuid NOT NULL REFERENCES orders,
    line_number integer NOT NULL,
    product_id text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price bigint NOT NULL CHECK (unit_price >= 0),
    PRIMARY KEY (order_id, line_number)
)"""

#: The orders of failover drills, which nobody placed: apart, so that nothing that is made of `orders` has to
#: leave them out.
DRILL_ORDERS = """
CREATE TABLE drill_orders (
    order_id uuid PRIMARY KEY,
    region text NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    committed_at timestamptz NOT NULL DEFAULT now()
)"""

#: The changes by their number, which counts from 1.
CHANGES = ((ORDERS, ORDER_LINES), (DRILL_ORDERS,))

VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_versions (
    version integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""

#: Names the advisory lock that whoever changes the schema holds. Any number would do.
LOCK = 20261123


def bring_up_to_date(connection):
    """Make the changes that are missing: all of them, or none. Two at once take turns."""
    if version(connection) >= len(CHANGES):
        return
    connection.run("BEGIN")
    connection.run("SELECT pg_advisory_xact_lock(:lock)", lock=LOCK)
    connection.run(VERSIONS)
    for number in range(version(connection), len(CHANGES)):
        for statement in CHANGES[number]:
            connection.run(statement)
        connection.run("INSERT INTO schema_versions (version) VALUES (:made)", made=number + 1)
    connection.run("COMMIT")


def version(connection):
    """The number of the last change that was made; 0 for an empty database."""
    if connection.run("SELECT to_regclass('schema_versions') IS NULL") == [[True]]:
        return 0
    return connection.run("SELECT coalesce(max(version), 0) FROM schema_versions")[0][0]
