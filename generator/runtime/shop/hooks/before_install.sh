#!/bin/bash
# Room for the revision. What an earlier one left, compiled files too, is none of its own.
set -euo pipefail

# Also where the script of the last revision was not to be had: nothing is replaced under a shop that runs.
if systemctl is-active --quiet shop.service; then
  systemctl stop shop.service
fi
rm -rf /opt/tradewind/shop
install -d -m 0755 /opt/tradewind/shop
