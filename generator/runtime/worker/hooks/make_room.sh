#!/bin/bash
# The worker hands back its job and ends; then nothing of the last revision is left, compiled files included.
set -euo pipefail

if systemctl is-active --quiet worker.service; then
  systemctl stop worker.service
fi
rm -rf /opt/tradewind/worker
