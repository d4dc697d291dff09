#!/bin/bash
# The revision is there: compile it, for the shop may not write here, and let systemd know of it.
set -euo pipefail

/usr/bin/python3.13 -m compileall -q -j 0 /opt/tradewind/shop
systemctl daemon-reload
systemctl enable shop.service
