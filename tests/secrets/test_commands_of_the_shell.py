"""No word of the command line tells a secret, whatever goes wrong with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.secrets.planted import API, DATABASE, ENVIRONMENT, leaks

ROOT = Path(__file__).parents[2]
POSTGRES = f"postgresql://bell:{DATABASE}@127.0.0.1:9/bell"

pytestmark = pytest.mark.slow


def started(folder: Path, *words: str, **changed: str) -> subprocess.Popen[str]:
    """A word of the command line with the planted environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "PYTHONPATH": str(ROOT), **ENVIRONMENT, **changed}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.parametrize(
    ("word", "changed"),
    [
        ("run", {"DATABASE_URL": POSTGRES}),
        ("doctor", {"DATABASE_URL": POSTGRES}),
        ("migrate", {"DATABASE_URL": f"postgresql://bell:{DATABASE}@[::1/bell"}),
        ("verify", {"DATABASE_URL": f"oracle://bell:{DATABASE}@127.0.0.1/bell"}),
        ("check-config", {"DATABASE_URL": POSTGRES, "PORT": "70000"}),
        ("check-config", {"SLACK_API_URL": f"https://someone:{API}@127.0.0.1:9/api/"}),
    ],
)
def test_a_word_that_cannot_do_its_work_tells_no_secret(tmp_path: Path, word: str, changed: dict[str, str]) -> None:
    said, _ = started(tmp_path, word, **changed).communicate(timeout=90)
    assert said.strip()
    assert leaks(said) == []
    assert "Traceback" not in said, said


BUG = """
import os, bot.cli, bot.cli.doctor
from bot.cli.start import checked

def run(_):
    checked(os.environ)
    raise RuntimeError(repr(dict(os.environ)))

bot.cli.doctor.run = run
bot.cli.main(["doctor"])
"""


def test_even_a_bug_that_nobody_foresaw_tells_no_secret(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", BUG],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **ENVIRONMENT, "DATABASE_URL": POSTGRES},
        text=True,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert "RuntimeError" in process.stderr
    assert leaks(process.stderr) == []


@pytest.mark.parametrize(("form", "mode"), [("text", "socket"), ("json", "http")])
def test_a_run_against_a_chat_that_is_away_tells_no_secret_at_debug_level(tmp_path: Path, form: str, mode: str) -> None:
    changed = {"LOG_FORMAT": form, **({"SLACK_APP_TOKEN": ""} if mode == "http" else {})}
    process = started(tmp_path, "run", **changed)
    assert process.stdout is not None
    before = ""
    while "ready" not in before:
        line = process.stdout.readline()
        assert line, before
        before += line
    time.sleep(1)  # it asks the chat and the monitor, in vain
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=30)
    said = before + rest
    assert leaks(said) == []
    assert process.returncode == 0
