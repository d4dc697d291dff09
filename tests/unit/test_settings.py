"""The declarations: each must itself be what it asks of others."""

from __future__ import annotations

import re

import pytest

from generator.environments import IDENTITY, KNOBS
from generator.settings import Setting, Settings


def every(only: str = "") -> list[Setting]:
    return [setting for setting in Settings.all() if not only or setting.given_by == only]


@pytest.mark.parametrize("setting", every(), ids=lambda setting: setting.key)
def test_a_default_keeps_its_own_rules(setting: Setting) -> None:
    if setting.default is None:
        return
    if setting.allowed:
        assert setting.default in setting.allowed
    if setting.kind == "number":
        assert int(setting.default) >= (setting.minimum or 0)
        assert int(setting.default) <= (setting.maximum or int(setting.default))
    if setting.pattern:
        assert re.fullmatch(setting.pattern, setting.default)


@pytest.mark.parametrize("setting", every("environment"), ids=lambda setting: setting.key)
def test_text_is_bounded_and_the_bound_is_explained(setting: Setting) -> None:
    if setting.kind == "text" and not setting.allowed:
        assert setting.pattern
        assert setting.pattern_help
    if setting.kind == "number" and not setting.allowed:
        assert setting.minimum is not None
        assert setting.maximum is not None


@pytest.mark.parametrize("setting", every(), ids=lambda setting: setting.key)
def test_a_need_names_a_setting_and_a_value_that_it_may_have(setting: Setting) -> None:
    for value, need in setting.needs.items():
        assert value in setting.allowed
        other = getattr(Settings, need.key)
        if need.value is not None and other.allowed:
            assert need.value in other.allowed


def test_parameter_names_are_cloudformation_names_and_unique() -> None:
    names = [setting.name for setting in every()]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[A-Za-z0-9]{1,255}", name) for name in names)


def test_every_help_is_a_sentence_of_one_line() -> None:
    for setting in every():
        assert setting.help.endswith("."), setting.key
        assert "\n" not in setting.help


def test_no_knob_is_named_as_an_environments_identity() -> None:
    assert not KNOBS.keys() & set(IDENTITY)
