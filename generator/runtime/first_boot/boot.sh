#!/bin/bash
# First boot of an instance: what every revision finds there. CloudFormation fills in what stands in braces;
# CodeDeploy brings the revision itself, as a service of the fleet's name.
set -euo pipefail
umask 022

useradd --system --no-create-home --shell /usr/sbin/nologin ${Fleet}
install -d /etc/tradewind /opt/tradewind
install -d -o ${Fleet} -g ${Fleet} /var/log/tradewind

cat >/etc/tradewind/${Fleet}.env <<'END'
${Variables}
END

${Own}

dnf install -y ruby amazon-cloudwatch-agent python3.13 logrotate
systemctl enable --now logrotate.timer

cat >/etc/tradewind/logs.json <<'END'
{
  "agent": {"region": "${AWS::Region}"},
  "logs": {"logs_collected": {"files": {"collect_list": [
    {"file_path": "/var/log/tradewind/*.log", "log_group_name": "${Logs}", "log_stream_name": "{instance_id}/${Fleet}"},
    {"file_path": "/var/log/aws/codedeploy-agent/codedeploy-agent.log", "log_group_name": "${Logs}", "log_stream_name": "{instance_id}/codedeploy"},
    {"file_path": "/var/log/cloud-init-output.log", "log_group_name": "${Logs}", "log_stream_name": "{instance_id}/first-boot"}
  ]}}}
}
END
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/etc/tradewind/logs.json

curl --fail --silent --show-error --retry 5 --output /root/codedeploy-install \
  "https://aws-codedeploy-${AWS::Region}.s3.${AWS::Region}.${AWS::URLSuffix}/latest/install"
chmod u+x /root/codedeploy-install
/root/codedeploy-install auto
systemctl enable --now codedeploy-agent.service
