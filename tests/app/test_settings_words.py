"""`check-config` and `render` read settings and wordings as `run` does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import EXIT_OK, EXIT_USAGE, main
from bot.cli.files import EXAMPLE_SETTINGS
from bot.config import Environment
from templates.wording import use_folder


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No variable of the machine takes part, and the shipped wordings are back afterwards."""
    for field in Environment.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    yield
    use_folder(None)


def test_check_config_says_what_the_settings_mean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIREBELL_CONFIG", str(EXAMPLE_SETTINGS))
    assert main(["check-config"]) == EXIT_OK
    said = capsys.readouterr().out
    assert "sev1, sev2, sev3, sev4" in said
    assert "checkout, payments, search, recommender" in said


def test_check_config_tells_a_wrong_file_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "firebell.yaml"
    path.write_text("command: /incident\nsevrities: {}\n", encoding="utf-8")
    monkeypatch.setenv("FIREBELL_CONFIG", str(path))
    assert main(["check-config"]) == EXIT_USAGE
    assert capsys.readouterr().err == (
        f"{path}, line 2: `sevrities`: this key is not known. Did you mean `severities`?\n"
    )


def test_check_config_refuses_wordings_that_replace_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notices.j2").write_text("{% block no_comander %}x{% endblock %}", encoding="utf-8")
    monkeypatch.setenv("FIREBELL_TEMPLATES", str(tmp_path))
    assert main(["check-config"]) == EXIT_USAGE
    said = capsys.readouterr().err
    assert said.startswith("FIREBELL_TEMPLATES: ")
    assert "no_comander" in said


def test_render_shows_ones_own_wording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notices.j2").write_text("{% block no_commander %}Who leads?{% endblock %}", encoding="utf-8")
    monkeypatch.setenv("FIREBELL_TEMPLATES", str(tmp_path))
    assert main(["render", "no-commander"]) == EXIT_OK
    shown = json.loads(capsys.readouterr().out)
    assert "Who leads?" in json.dumps(shown["blocks"])
