"""gunicorn's settings for the shop: `python -m gunicorn -c gunicorn.conf.py shop.wsgi:application`."""

import os
import ssl

from shop import serving

bind = os.environ.get("SHOP_BIND") or "0.0.0.0:8443"
certfile = os.environ.get("SHOP_CERTIFICATE") or None
keyfile = os.environ.get("SHOP_KEY") or None

# A worker for each processor of the smallest instance; its threads mostly wait for DynamoDB.
workers = int(os.environ.get("SHOP_WORKERS") or 2)
worker_class = serving.Worker
threads = 16
worker_connections = 1000
preload_app = True

# Longer than the load balancer's 60 seconds: who closes first must not be the one that may be written to.
keepalive = 75
timeout = 30

# In-flight requests have so long after SIGTERM; systemd waits for longer (shop.service).
graceful_timeout = 25
drain = float(os.environ.get("SHOP_DRAIN_SECONDS") or 0)

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# The heartbeat of a worker is a file's time: in memory, so that a busy disk does not get it killed.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - an unlinked file of our own
accesslog = None
control_socket_disable = True

_contexts = {}


def ssl_context(_config, _default):
    """One for all connections, made when the first comes; gunicorn would read the key for each."""
    if not _contexts:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certfile, keyfile)
        _contexts[0] = context
    return _contexts[0]


def when_ready(server):
    """In the master."""
    serving.stop_gently(server, drain)


def post_worker_init(_worker):
    """In each worker: threads do not survive a fork."""
    from shop.wsgi import background

    background.start()


def worker_exit(_server, _worker):
    """In each worker, at its end: what is unsaid is said."""
    from shop.wsgi import background

    background.stop()
