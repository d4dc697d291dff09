"""foundation.json: what every other root of a region stands on."""

from __future__ import annotations

from troposphere import GetAtt
from troposphere.kms import Key

from generator.layer import Layer, Output

KEY = "arn:aws:kms:us-east-1:111111111111:key/mrk-0000000000000000000000000000000"


class Foundation(Layer):
    """keys, buckets, vault, boundaries, execution roles."""

    data_key_arn = Output(
        example=f"{KEY}1",
        handed_on=True,
        help="Encrypts databases, tables, queues, disks and images.",
    )
    logs_key_arn = Output(
        example=f"{KEY}2", handed_on=True, help="Encrypts log groups and the alerts topic."
    )
    secrets_key_arn = Output(example=f"{KEY}3", handed_on=True, help="Encrypts secrets.")
    artifacts_key_arn = Output(example=f"{KEY}4", handed_on=True, help="Encrypts releases.")
    images_bucket = Output(
        example="tradewind-dev-images-111111111111-us-east-1",
        handed_on=True,
        help="Product images and static files; replicated both ways.",
    )
    exports_bucket = Output(
        example="tradewind-dev-exports-111111111111-us-east-1",
        handed_on=True,
        help="Orders for analytics, reports, database exports.",
    )
    logs_bucket = Output(
        example="tradewind-dev-logs-111111111111-us-east-1",
        handed_on=True,
        help="Logs that services deliver under our key.",
    )
    access_logs_bucket = Output(
        example="tradewind-dev-access-logs-111111111111-us-east-1",
        handed_on=True,
        help="Load-balancer access logs: SSE-S3, the only encryption that ALB can write.",
    )
    artifacts_bucket = Output(
        example="tradewind-dev-artifacts-111111111111-us-east-1",
        handed_on=True,
        help="Releases and pipeline artifacts.",
    )
    backup_vault_arn = Output(
        example="arn:aws:backup:us-east-1:111111111111:backup-vault:tradewind-dev-us-east-1",
        handed_on=True,
    )
    runtime_boundary_arn = Output(
        example="arn:aws:iam::111111111111:policy/tradewind-dev-runtime-boundary-us-east-1",
        handed_on=True,
    )
    deployer_boundary_arn = Output(
        example="arn:aws:iam::111111111111:policy/tradewind-dev-deployer-boundary-us-east-1",
        handed_on=True,
    )
    platform_execution_role_arn = Output(
        example="arn:aws:iam::111111111111:role/tradewind-dev-platform-execution-us-east-1",
        handed_on=True,
        help="What CloudFormation acts as for platform.json.",
    )

    def build(self) -> None:
        key = self.add(Key("LogsKey", KeyPolicy={"Version": "2012-10-17", "Statement": []}))
        for port in list(vars(type(self)).values()):
            if isinstance(port, Output):
                setattr(self, port.attribute, GetAtt(key, "Arn"))
