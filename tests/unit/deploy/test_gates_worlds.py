"""Both worlds of a resource: whole where the explainer read them, else only what changes."""

from __future__ import annotations

from scripts.deploy.explanations import HIDDEN, PropertyChange
from scripts.deploy.gates.worlds import is_whole, worlds
from tests.unit.deploy.explaining import explained

QUEUE = "AWS::SQS::Queue"
CHANGES = (
    PropertyChange("DelaySeconds", 5, 30),
    PropertyChange("KmsMasterKeyId", "k", None),
    PropertyChange("Tags", None, [{"Key": "a"}], attribute="Tags"),
    PropertyChange("DeletionPolicy", "Retain", "Delete", attribute="DeletionPolicy"),
    PropertyChange("Password", "x", "y", secret=True),
)


def test_whole_worlds_are_taken_as_they_are() -> None:
    one = explained("Q", QUEUE, before={"A": 1}, after={"A": 2}, properties=CHANGES)

    assert is_whole(one)
    assert worlds(one) == ({"A": 1}, {"A": 2})


def test_otherwise_only_the_properties_that_change_are_known_and_no_secret_is() -> None:
    for half in (
        explained("Q", QUEUE, properties=CHANGES),
        explained("Q", QUEUE, before={"A": 1}, properties=CHANGES),
        explained("Q", QUEUE, after={"A": 1}, properties=CHANGES),
    ):
        assert not is_whole(half)
        assert worlds(half) == (
            {"DelaySeconds": 5, "KmsMasterKeyId": "k", "Password": HIDDEN},
            {"DelaySeconds": 30, "Tags": [{"Key": "a"}], "Password": HIDDEN},
        )


def test_of_what_is_new_there_is_no_before_and_of_what_goes_no_after() -> None:
    new, gone = explained("Q", QUEUE, "Add", after={"A": 1}), explained("Q", QUEUE, "Remove")

    assert (is_whole(new), worlds(new)) == (True, (None, {"A": 1}))
    assert not is_whole(explained("Q", QUEUE, "Add"))
    assert (is_whole(gone), worlds(gone)) == (False, ({}, {}))
    assert is_whole(explained("Q", QUEUE, "Remove", before={}))
    assert not is_whole(explained("Q", QUEUE, "Remove", after={}))
