#!/bin/bash
# The worker begins. It says that it is ready once its queue answers, so a start that succeeds validates as well.
set -euo pipefail

# It may not write where it lies.
/usr/bin/python3.13 -m compileall -q -j 0 /opt/tradewind/worker
systemctl daemon-reload
systemctl enable worker.service
systemctl reset-failed worker.service 2>/dev/null || true
if ! systemctl start worker.service; then
  echo "the worker's queue does not answer it; its last words:" >&2
  tail --lines 20 /var/log/tradewind/worker.log >&2 || true
  exit 1
fi
