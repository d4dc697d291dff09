"""What a guest finds in an account or fails without: a trial there makes nothing that an account has once."""

from __future__ import annotations

from collections.abc import Iterator

from generator.settings import FALSE, TRUE, Settings
from scripts.aws import Aws, AwsSaidNo
from scripts.errors import Refused
from tests.taskcat.trials import Trial

#: Without it OpenSearch Service refuses a domain in a VPC.
#: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/slr.html
SEARCH_ROLE = "AWSServiceRoleForAmazonOpenSearchService"


def refuse_lacking(trial: Trial, aws: Aws) -> None:
    """Raise Refused where a test would fail for want of something that the trial does not make itself."""
    lacking = [*_search_role(trial, aws), *_api_roles(trial, aws)]
    if lacking:
        what, fixes = zip(*lacking, strict=True)
        raise Refused(
            f"{trial.environment.name} cannot stand in account {trial.environment.account_id}, which "
            f"lacks {' and '.join(what)}.",
            fix=f"Once for the account: {'; '.join(fixes)}",
        )


def _search_role(trial: Trial, aws: Aws) -> Iterator[tuple[str, str]]:
    region = trial.environment.primary_region
    values = trial.environment.values(region)
    made = values[Settings.search_linked_role.key] == TRUE
    if made or values[Settings.product_search.key] == FALSE:
        return
    try:
        aws.client("iam", region).call("get_role", RoleName=SEARCH_ROLE)
    except AwsSaidNo as error:
        if error.code != "NoSuchEntity":
            raise
        yield (
            f"the role {SEARCH_ROLE}",
            "aws iam create-service-linked-role --aws-service-name opensearchservice.amazonaws.com",
        )


def _api_roles(trial: Trial, aws: Aws) -> Iterator[tuple[str, str]]:
    """API Gateway refuses a stage that logs where the region has no role for it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
    """
    for region in trial.environment.pair:
        values = trial.environment.values(region)
        made = values[Settings.api_gateway_account.key] == TRUE
        if made or values[Settings.payment_api.key] == FALSE:
            continue
        if not aws.client("apigateway", region).call("get_account").get("cloudwatchRoleArn"):
            yield (
                f"API Gateway's role for logs in {region}",
                f"aws apigateway update-account --region {region} --patch-operations "
                "op=replace,path=/cloudwatchRoleArn,value=ROLE_ARN",
            )
