"""The four steps in which Secrets Manager rotates a secret, for any kind of secret.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
Any step may run again. AWSCURRENT moves last, so whatever fails before leaves it alone.
"""

import json

import boto3

secrets = boto3.client("secretsmanager")


def rotate(event, field, put, test):
    """Run one step: `put(current, pending)` brings the new `field` into force, `test(pending)` uses it."""
    secret, token = event["SecretId"], event["ClientRequestToken"]
    stages = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
    if "AWSCURRENT" in stages.get(token, ()):
        return
    if "AWSPENDING" not in stages.get(token, ()):
        raise ValueError(f"version {token} is not pending")
    match event["Step"]:
        case "createSecret":
            create(secret, token, field)
        case "setSecret":
            put(read(secret, "AWSCURRENT"), read(secret, "AWSPENDING"))
        case "testSecret":
            test(read(secret, "AWSPENDING"))
        case "finishSecret":
            secrets.update_secret_version_stage(
                SecretId=secret,
                VersionStage="AWSCURRENT",
                MoveToVersionId=token,
                RemoveFromVersionId=next(v for v in stages if "AWSCURRENT" in stages[v]),
            )
        case other:
            raise ValueError(f"no such step: {other}")


def create(secret, token, field):
    """Keep the pending value of an earlier try: it may be in force already."""
    try:
        secrets.get_secret_value(SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
    except secrets.exceptions.ResourceNotFoundException:
        made = secrets.get_random_password(PasswordLength=40, ExcludePunctuation=True)
        value = read(secret, "AWSCURRENT") | {field: made["RandomPassword"]}
        secrets.put_secret_value(
            SecretId=secret,
            ClientRequestToken=token,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )


def read(secret, stage):
    """The value that bears a label."""
    return json.loads(secrets.get_secret_value(SecretId=secret, VersionStage=stage)["SecretString"])
