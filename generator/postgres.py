"""What the orders database is, whichever engine carries it."""

from __future__ import annotations

#: Orderable for RDS and for Aurora alike; Aurora wants the same version on both sides of a global database.
ENGINE_VERSION = "17.10"
MAJOR_VERSION = ENGINE_VERSION.partition(".")[0]

#: Not PostgreSQL's own, as Security Hub's control RDS.23 asks; consumers read it from `database_port`.
PORT = 5433

DATABASE = "orders"
MASTER_USERNAME = "orders_owner"

#: What the secret with its master credentials is for, as its name says.
CREDENTIALS = "orders-database"

#: TLS and SCRAM for everyone: no MD5 of a password is kept or taken. Who connected, what was slow and what
#: waited is logged, but no statement's values are, and pgaudit leaves passwords out of what it logs.
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL_Password_Encryption_configuration.html
#: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
PARAMETERS = {
    "rds.force_ssl": "1",
    "ssl_min_protocol_version": "TLSv1.2",
    "password_encryption": "scram-sha-256",
    "rds.accepted_password_auth_method": "scram",
    "shared_preload_libraries": "pg_stat_statements,pgaudit",
    "pgaudit.log": "ddl,role",
    "log_statement": "none",
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_lock_waits": "1",
}
