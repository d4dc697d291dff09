"""`make audit` on a project that is not as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import __main__ as audit


def test_what_is_wrong_in_params_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    params = tmp_path / "params"
    params.mkdir()
    for name in ("defaults", "prod"):
        (params / f"{name}.yaml").write_bytes(
            (audit.PROJECT / "params" / f"{name}.yaml").read_bytes()
        )
    with (params / "prod.yaml").open("a", encoding="utf-8") as prod:
        prod.write("wfa: true\n")
    monkeypatch.setattr(audit, "PROJECT", tmp_path)
    monkeypatch.setattr("sys.argv", ["audit", "--tools", str(tmp_path)])

    assert audit.main() == 2

    message, fix = capsys.readouterr().err.splitlines()
    assert message.startswith("error: params/prod.yaml:")
    assert "there is no setting wfa" in message
    assert fix == "  fix: Did you mean waf?"
