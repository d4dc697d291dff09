"""What watches an account: made by a stack, found by its API."""

from __future__ import annotations

from typing import Any

from tests.rehearsal.sandbox.resource_types import failure, outputs, remove, resource
from tests.rehearsal.sandbox.stacks import Account, output, template

ROLE = "arn:aws:iam::111111111111:role/watcher"


def test_trail(account: Account) -> None:
    def trail(*, logging: bool) -> Any:
        made = resource(
            "CloudTrail::Trail",
            TrailName="account",
            IsLogging=logging,
            S3BucketName="logs",
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
        )
        bucket = resource("S3::Bucket", BucketName=f"logs-{account.number}")
        made["Properties"]["S3BucketName"] = {"Ref": "Logs"}
        return template({"Logs": bucket, "Trail": made})

    cloudtrail = account.client("cloudtrail")
    account.create("s", trail(logging=True))
    found = cloudtrail.get_trail(Name="account")["Trail"]
    assert (found["IsMultiRegionTrail"], found["LogFileValidationEnabled"]) == (True, True)
    assert cloudtrail.get_trail_status(Name="account")["IsLogging"]
    account.update("s", trail(logging=False))
    assert not cloudtrail.get_trail_status(Name="account")["IsLogging"]
    remove(account, "s")
    assert cloudtrail.describe_trails()["trailList"] == []


def test_config_takes_one_recorder(account: Account) -> None:
    group = {"AllSupported": True, "IncludeGlobalResourceTypes": True}
    recorder = resource("Config::ConfigurationRecorder", RoleARN=ROLE, RecordingGroup=group)
    channel = resource("Config::DeliveryChannel", S3BucketName="logs")
    rule = resource(
        "Config::ConfigRule",
        ConfigRuleName="encrypted",
        Source={"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"},
    )
    body = template(
        {"Recorder": recorder, "Channel": channel, "Rule": {**rule, "DependsOn": "Recorder"}}
    )
    assert account.create("s", body)["StackStatus"] == "CREATE_COMPLETE"
    config = account.client("config")
    statuses = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert [status["recording"] for status in statuses] == [True]
    rules = config.describe_config_rules()["ConfigRules"]
    assert rules[0]["Source"]["SourceIdentifier"] == "ENCRYPTED_VOLUMES"

    second = account.create("t", template({"Recorder": recorder}))
    assert second["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "maximum number of configuration recorders: 1" in failure(account, "t", "Recorder")
    remove(account, "s")
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert config.describe_config_rules()["ConfigRules"] == []


def test_budget(account: Account) -> None:
    account.region = "us-east-1"
    account.cfn = account.client("cloudformation")

    def budget(amount: int) -> Any:
        limits = {"Amount": amount, "Unit": "USD"}
        made = {
            "BudgetName": "m",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": limits,
        }
        return template(
            {"Budget": resource("Budgets::Budget", Budget=made)},
            Outputs={"Ref": output({"Ref": "Budget"})},
        )

    def limit() -> list[str]:
        found = account.client("budgets").describe_budgets(AccountId=account.number)
        return [held["BudgetLimit"]["Amount"] for held in found.get("Budgets", ())]

    assert outputs(account.create("s", budget(100))) == {"Ref": "m"}
    assert limit() == ["100"]
    account.update("s", budget(200))
    assert limit() == ["200"]
    remove(account, "s")
    assert limit() == []


def test_backup_selection(account: Account) -> None:
    vault = resource("Backup::BackupVault", BackupVaultName="vault")
    rule = {"RuleName": "daily", "TargetBackupVault": {"Ref": "Vault"}}
    plan = resource(
        "Backup::BackupPlan", BackupPlan={"BackupPlanName": "p", "BackupPlanRule": [rule]}
    )
    tagged = {"ConditionType": "STRINGEQUALS", "ConditionKey": "backup", "ConditionValue": "yes"}
    chosen = resource(
        "Backup::BackupSelection",
        BackupPlanId={"Ref": "Plan"},
        BackupSelection={"SelectionName": "s", "IamRoleArn": ROLE, "ListOfTags": [tagged]},
    )
    body = template(
        {"Vault": vault, "Plan": plan, "Chosen": chosen}, Outputs={"Plan": output({"Ref": "Plan"})}
    )
    plan_id = outputs(account.create("s", body))["Plan"]
    backup = account.client("backup")

    def names() -> list[str]:
        listed = backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
        return [held["SelectionName"] for held in listed]

    assert names() == ["s"]
    del body["Resources"]["Chosen"]
    account.update("s", body)
    assert names() == []


def test_alarms_on_metric_math_and_their_composite(account: Account) -> None:
    def alarms(expression: str) -> Any:
        def part(name: str) -> dict[str, Any]:
            metric = {"Namespace": "AWS/ApplicationELB", "MetricName": name}
            stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
            return {"Id": name.lower(), "ReturnData": False, "MetricStat": stat}

        rate = resource(
            "CloudWatch::Alarm",
            AlarmName="rate",
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=3,
            Threshold=1,
            Metrics=[{"Id": "rate", "Expression": expression}, part("Errors"), part("Requests")],
        )
        tier = resource("CloudWatch::CompositeAlarm", AlarmName="tier", AlarmRule='ALARM("rate")')
        return template({"Rate": rate, "Tier": {**tier, "DependsOn": "Rate"}})

    cloudwatch = account.client("cloudwatch")
    account.create("s", alarms("errors/requests"))
    account.update("s", alarms("100*errors/requests"))
    found = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert found["MetricAlarms"][0]["Metrics"][0]["Expression"] == "100*errors/requests"
    assert "MetricName" not in found["MetricAlarms"][0]
    assert found["CompositeAlarms"][0]["AlarmRule"] == 'ALARM("rate")'
    remove(account, "s")
    found = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert (found["MetricAlarms"], found["CompositeAlarms"]) == ([], [])


def test_archive(account: Account) -> None:
    def archive(days: int) -> Any:
        bus = f"arn:aws:events:eu-west-1:{account.number}:event-bus/default"
        made = resource("Events::Archive", ArchiveName="orders", SourceArn=bus, RetentionDays=days)
        return template({"Archive": made})

    events = account.client("events")
    account.create("s", archive(3))
    assert events.describe_archive(ArchiveName="orders")["RetentionDays"] == 3
    account.update("s", archive(7))
    assert events.describe_archive(ArchiveName="orders")["RetentionDays"] == 7
    remove(account, "s")
    assert events.list_archives()["Archives"] == []
