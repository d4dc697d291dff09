#!/bin/bash
# The last revision's shop ends: requests in flight are answered first. The load balancer sends no more.
# CodeDeploy runs the script of the last revision that succeeded, so the first deployment has nothing to stop.
set -euo pipefail

if systemctl cat shop.service >/dev/null 2>&1; then
  systemctl stop shop.service
fi
