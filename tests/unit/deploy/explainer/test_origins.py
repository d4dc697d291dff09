"""Where a parameter comes from, down to the line that somebody wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.environments import Environment
from generator.manifest import Manifest, ParameterSource
from scripts.deploy.explainer.origins import Origins

ENVIRONMENT = Environment("prod", "111111111111", "us-east-1", "us-west-2", {})

TEMPLATE = {
    "Metadata": Manifest(
        "platform",
        {
            "OrdersInstanceClass": ParameterSource.setting("orders_instance_class", "environment"),
            "VpcCidr": ParameterSource.setting("vpc_cidr", "environment"),
            "LogRetentionDays": ParameterSource.setting("log_retention_days", "environment"),
            "PeerRegion": ParameterSource.setting("peer_region", "planner"),
            "DataKeyArn": ParameterSource.handoff("foundation", "primary", "DataKeyArn", "x"),
            "Image": ParameterSource.lookup("PublicParameter", {"path": "/aws/ami"}, "x"),
        },
        {},
    ).to_metadata()
}


@pytest.fixture
def params(tmp_path: Path) -> Path:
    directory = tmp_path / "params"
    directory.mkdir()
    (directory / "defaults.yaml").write_text("# all\nvpc_cidr: 10.0.0.0/16\n")
    (directory / "prod.yaml").write_text(
        "account_id: '1'\norders_instance_class: db.r6g.large\n"
        "regions:\n  us-west-2:\n    vpc_cidr: 10.1.0.0/16\n"
    )
    return directory


@pytest.mark.parametrize(
    ("parameter", "region", "origin"),
    [
        ("OrdersInstanceClass", "us-east-1", "setting orders_instance_class (params/prod.yaml:2)"),
        ("VpcCidr", "us-east-1", "setting vpc_cidr (params/defaults.yaml:2)"),
        ("VpcCidr", "us-west-2", "setting vpc_cidr (params/prod.yaml:5)"),
        (
            "LogRetentionDays",
            "us-east-1",
            "setting log_retention_days (its default, in generator/settings.py)",
        ),
        ("PeerRegion", "us-east-1", "fact peer_region, which the planner knows"),
        ("DataKeyArn", "us-east-1", "output DataKeyArn of foundation in the primary region"),
        ("Image", "us-east-1", "PublicParameter /aws/ami, as AWS answers"),
        ("Nobody", "us-east-1", ""),
    ],
)
def test_each_kind_of_parameter_has_its_origin(
    params: Path, parameter: str, region: str, origin: str
) -> None:
    assert Origins.of(TEMPLATE, ENVIRONMENT, region, params)(parameter) == origin


@pytest.mark.parametrize("template", [{}, {"Metadata": {"Tradewind": {}}}, {"Metadata": []}])
def test_a_template_that_is_not_ours_tells_nothing(
    params: Path, template: Mapping[str, Any]
) -> None:
    assert Origins.of(template, ENVIRONMENT, "us-east-1", params)("VpcCidr") == ""
