"""How the function behind a custom resource answers CloudFormation: once, and in every case."""

import json
import logging
import urllib.request

log = logging.getLogger()
log.setLevel(logging.INFO)


def fulfil(event, physical_id, work, undo=lambda: None):
    """Do the work, or to delete undo it, and answer: without an answer the stack waits until it times out."""
    status, reason = "SUCCESS", ""
    try:
        undo() if event["RequestType"] == "Delete" else work()
    except Exception as error:
        log.exception("%s failed", physical_id)
        status, reason = "FAILED", f"{type(error).__name__}: {error}"
    answer = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    # The URL is signed for this request alone, and for no content type.
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), method="PUT"
    )
    request.add_header("Content-Type", "")
    urllib.request.urlopen(request, timeout=10).close()
