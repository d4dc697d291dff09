"""The sandbox's process has nothing of the user's."""

from __future__ import annotations

import os

import pytest

from scripts.sandbox.surroundings import cleaned


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "https_proxy",
        "ALL_PROXY",
        "AUTH",
        "STATE_DIR",
        "MINISTACK_ACCOUNT_ID",
        "LAMBDA_EXECUTOR",
    ],
)
def test_what_is_the_users_stays_with_the_user(name: str) -> None:
    assert name not in cleaned({name: "hush"})


def test_the_rest_comes_along() -> None:
    assert cleaned({"PATH": "/bin", "LANG": "C"}).items() >= {"PATH": "/bin", "LANG": "C"}.items()


def test_no_file_of_credentials_is_read() -> None:
    made = cleaned({"AWS_CONFIG_FILE": "/home/someone/.aws/config"})
    assert made["AWS_CONFIG_FILE"] == made["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
