"""`firebell backup` and `restore` as somebody types them."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import data
from bot.cli import EXIT_OK, EXIT_USAGE, main
from bot.cli.archive import ProgressLine
from bot.clock import SystemClock
from bot.config import Environment, load
from templates.wording import use_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A migrated database of its own; no variable of the machine takes part."""
    for field in Environment.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)
    url = f"sqlite:///{tmp_path / 'firebell.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    asyncio.run(data.migrate(load({"DATABASE_URL": url}), SystemClock()))
    yield tmp_path
    use_folder(None)


def test_a_backup_tells_its_seal_and_restores_under_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = str(place / "a.zip")
    assert main(["backup", archive]) == EXIT_OK
    seal = capsys.readouterr().out.split()[-1]
    assert len(seal) == 64
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{place / 'other.db'}")
    assert main(["restore", archive, "--seal", "0" * 64]) == EXIT_USAGE
    assert "seal" in capsys.readouterr().err
    assert main(["restore", archive, "--seal", seal]) == EXIT_OK
    assert "verify" in capsys.readouterr().out


def test_a_file_that_is_no_archive_is_refused_in_a_sentence(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "letter.zip").write_text("Dear Bea")
    assert main(["restore", str(place / "letter.zip")]) == EXIT_USAGE
    assert "Nothing was restored" in capsys.readouterr().err
    assert main(["restore", str(place / "nowhere.zip")]) == EXIT_USAGE
    assert "cannot be read" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_only() -> None:
    watched, file = Terminal(), io.StringIO()
    for stream in (watched, file):
        line = ProgressLine(stream)
        line("events", 1, 2)
        line("events", 2, 2)
        line.clear()
    assert "events: 2 of 2" in watched.getvalue()
    assert file.getvalue() == ""
