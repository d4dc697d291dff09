"""How many days ago the last good drill was: the newest report in the bucket whose objectives were met.

Where there was no good drill nothing is published, and the alarm takes that for what it is.
"""

import json
import logging
import os
import time

import boto3
from aws_calls import CALLS

log = logging.getLogger()
log.setLevel(logging.INFO)

s3 = boto3.client("s3", config=CALLS)
cloudwatch = boto3.client("cloudwatch", config=CALLS)

#: Seconds in a day, and how a drill's report is called below the drill's own prefix.
DAY, REPORT = 86400, "/report.json"


def handler(event, context):
    """Publish the age; the drill's id is the answer, or none."""
    for key, written in reports():
        report = json.loads(s3.get_object(Bucket=os.environ["BUCKET"], Key=key)["Body"].read())
        if report["verdict"] == "met":
            publish((time.time() - written) / DAY)
            log.info("%s was good", key)
            return {"drill": report["drill"]}
    log.warning("there was no good drill")
    return {"drill": None}


def reports():
    """The keys of all reports and when each was written, the newest first."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=os.environ["BUCKET"], Prefix=os.environ["DRILLS"]
    )
    found = [
        (held["Key"], held["LastModified"].timestamp())
        for page in pages
        for held in page.get("Contents", ())
        if held["Key"].endswith(REPORT)
    ]
    return sorted(found, key=lambda one: one[1], reverse=True)


def publish(days):
    """One figure, under the environment's name."""
    cloudwatch.put_metric_data(
        Namespace=os.environ["NAMESPACE"],
        MetricData=[
            {
                "MetricName": "DaysSinceGoodDrill",
                "Dimensions": [{"Name": "Environment", "Value": os.environ["ENVIRONMENT"]}],
                "Value": days,
            }
        ],
    )
