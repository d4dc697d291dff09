#!/bin/bash
# The revision answers, and can sell: only then does the load balancer send anybody. It has 45 seconds.
set -euo pipefail

for _ in $(seq 15); do
  # The certificate is the instance's own.
  if curl --fail --silent --insecure --max-time 2 --output /dev/null "https://localhost:8443/healthz?deep=1"; then
    exit 0
  fi
  sleep 1
done

echo "the shop does not say that it can sell; its last words:" >&2
systemctl --no-pager --lines 20 status shop.service >&2 || true
tail --lines 20 /var/log/tradewind/shop.log >&2 || true
exit 1
