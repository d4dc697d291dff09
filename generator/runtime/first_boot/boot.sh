#!/bin/bash
# First boot of a shop instance: what every revision finds there, and a stub that answers until one is there.
# CloudFormation fills in what stands in braces. CodeDeploy brings the shop itself, as shop.service.
set -euo pipefail
umask 022

useradd --system --no-create-home --shell /usr/sbin/nologin shop
install -d /etc/tradewind /opt/tradewind
install -d -o shop -g shop /var/log/tradewind

cat >/etc/tradewind/shop.env <<'END'
${ShopEnvironment}
END

# The load balancer encrypts up to the instance and does not verify it: the key need not leave, nor last.
openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 3650 \
  -subj /CN=shop -keyout /etc/tradewind/tls.key -out /etc/tradewind/tls.crt
chown root:shop /etc/tradewind/tls.key
chmod 0640 /etc/tradewind/tls.key

cat >/opt/tradewind/stub.py <<'END'
${Stub}
END

cat >/etc/systemd/system/shop-stub.service <<'END'
[Unit]
Description=Answers for the shop until its first revision is there
Conflicts=shop.service
After=network-online.target

[Service]
User=shop
ExecStart=/usr/bin/python3 /opt/tradewind/stub.py
Restart=always
NoNewPrivileges=yes
ProtectSystem=strict
END
systemctl daemon-reload
systemctl start shop-stub.service

# Started again at each boot, not enabled: of two enabled services in conflict systemd would start the stub, and
# an instance that has been in the warm pool would answer as if it had no shop.
cat >/var/lib/cloud/scripts/per-boot/shop-stub <<'END'
#!/bin/bash
[ -e /etc/systemd/system/shop.service ] || systemctl start shop-stub.service
END
chmod 0755 /var/lib/cloud/scripts/per-boot/shop-stub

dnf install -y ruby amazon-cloudwatch-agent

cat >/etc/tradewind/logs.json <<'END'
{
  "agent": {"region": "${AWS::Region}"},
  "logs": {"logs_collected": {"files": {"collect_list": [
    {"file_path": "/var/log/tradewind/*.log", "log_group_name": "${ShopLogs}", "log_stream_name": "{instance_id}/shop"},
    {"file_path": "/var/log/aws/codedeploy-agent/codedeploy-agent.log", "log_group_name": "${ShopLogs}", "log_stream_name": "{instance_id}/codedeploy"},
    {"file_path": "/var/log/cloud-init-output.log", "log_group_name": "${ShopLogs}", "log_stream_name": "{instance_id}/first-boot"}
  ]}}}
}
END
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/tradewind/logs.json

curl --fail --silent --show-error --retry 5 --output /root/codedeploy-install \
  "https://aws-codedeploy-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/latest/install"
chmod u+x /root/codedeploy-install
/root/codedeploy-install auto
systemctl enable --now codedeploy-agent.service
