"""The four steps in which Secrets Manager rotates a secret, for any kind of secret.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html

Any step may run again, and after any of them nothing may follow for a long time. AWSCURRENT moves last, so
whatever fails before leaves it alone. A rotation that stops halfway is taken up again under its own token; if
somebody cancels it and takes the label away, the next one has another, and what the first had brought into
force already is a version without a label. So those count among the earlier values, too.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html
"""

import itertools
import json

import boto3
from aws_calls import CALLS

secrets = boto3.client("secretsmanager", config=CALLS)

#: Versions without a label that are looked at, the newest first.
LEFT_OVER = 10


def rotate(event, field, put, test):
    """Run one step: `put(pending, earlier)` brings the new `field` into force, `test(pending)` uses it.

    `earlier` tells what may be in force instead, the likeliest first: the current value, the one before, and
    what rotations left behind that nobody finished.
    """
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
            put(read(secret, VersionId=token), earlier(secret))
        case "testSecret":
            test(read(secret, VersionId=token))
        case "finishSecret":
            read(secret, VersionId=token)  # an empty version must never be the current one
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
    if found(secret, VersionId=token) is not None:
        return
    made = secrets.get_random_password(PasswordLength=40, ExcludePunctuation=True)
    value = read(secret, VersionStage="AWSCURRENT") | {field: made["RandomPassword"]}
    secrets.put_secret_value(
        SecretId=secret,
        ClientRequestToken=token,
        SecretString=json.dumps(value),
        VersionStages=["AWSPENDING"],
    )


def earlier(secret):
    """What may be in force where the pending value is not. The first is the current value."""
    yield read(secret, VersionStage="AWSCURRENT")
    others = itertools.chain(
        [{"VersionStage": "AWSPREVIOUS"}], ({"VersionId": left} for left in left_over(secret))
    )
    for which in others:
        value = found(secret, **which)
        if value is not None:
            yield value


def left_over(secret):
    """The ids of the versions that bear no label, the newest first."""
    told = secrets.list_secret_version_ids(SecretId=secret, IncludeDeprecated=True, MaxResults=100)
    unlabelled = [each for each in told["Versions"] if not each.get("VersionStages")]
    unlabelled.sort(key=lambda version: version["CreatedDate"], reverse=True)
    return [version["VersionId"] for version in unlabelled[:LEFT_OVER]]


def found(secret, **which):
    """The value of a version, or None where it has none yet, or any more."""
    try:
        return read(secret, **which)
    except secrets.exceptions.ResourceNotFoundException:
        return None


def read(secret, **which):
    """The value of a version, which is named by its label or its id."""
    return json.loads(secrets.get_secret_value(SecretId=secret, **which)["SecretString"])
