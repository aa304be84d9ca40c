"""The image: small, pinned, without root, with a look at its health, and with nothing secret in its build."""

from __future__ import annotations

import fnmatch
import subprocess

import pytest

from bot.config import load
from tests.deploy.dockerfile import DOCKERFILE, ROOT, Instruction, environment, ours, stages

IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def text_of(stage: list[Instruction], word: str) -> str:
    return next(one.text for one in stage if one.word == word)


def sent(path: str) -> bool:
    """Whether a path of the repository is sent to the build: the last rule that fits decides."""
    kept = True
    for rule in IGNORED:
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!").removeprefix("**/")
        parents = [path, *(path[:at] for at, letter in enumerate(path) if letter == "/")]
        names = [part for one in parents for part in (one, one.rpartition("/")[2])]
        if any(fnmatch.fnmatchcase(name, pattern) for name in (names if "**/" in rule else parents)):
            kept = rule.startswith("!")
    return kept


def test_both_stages_stand_on_the_same_slim_python() -> None:
    build, final = ours()
    assert text_of(build, "FROM") == f"{text_of(final, 'FROM')} AS build"
    assert text_of(final, "FROM") == "python:3.13-slim-bookworm"


def test_an_instruction_that_is_not_one_is_found() -> None:
    with pytest.raises(ValueError, match="COPPY"):
        stages(DOCKERFILE.read_text(encoding="utf-8").replace("COPY . .", "COPPY . ."))


def test_everything_installed_is_pinned_or_built_here() -> None:
    installs = [one.text for one in ours()[0] if one.word == "RUN" and "pip install" in one.text]
    assert ["-r deploy/requirements.txt" in text or "--no-deps --no-index" in text for text in installs] == [True, True]


def test_it_runs_without_root_and_ends_on_sigterm() -> None:
    _, final = ours()
    words = [one.word for one in final]
    assert text_of(final, "USER") == "10001:10001"
    assert "--uid 10001" in text_of(final, "RUN")
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in ("RUN", "COPY"))
    assert text_of(final, "STOPSIGNAL") == "SIGTERM"
    assert [one.listed() for one in final if one.word in ("ENTRYPOINT", "CMD")] == [["firebell"], ["run"]]


def test_the_final_stage_takes_only_the_finished_installation_along() -> None:
    _, final = ours()
    assert [one.text for one in final if one.word == "COPY"] == ["--from=build /srv/firebell /srv/firebell"]


def test_its_environment_is_one_that_firebell_understands() -> None:
    given = environment(ours()[1])
    settings = load(given).environment
    assert (settings.host, settings.port, settings.log_format) == ("0.0.0.0", 3000, "json")
    assert settings.database_url == "sqlite:////var/lib/firebell/firebell.db"
    assert [name for name in given if "TOKEN" in name or "SECRET" in name] == []


def test_the_build_gets_what_the_wheel_needs_and_no_secret_or_history() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    going = {path.partition("/")[0] for path in tracked if sent(path)}
    assert going == {
        *("bot", "commands", "integrations", "templates", "migrations", "sandbox", "deploy"),
        *("pyproject.toml", "README.md", "LICENSE"),
    }
    secrets = (
        "deploy/firebell.env",
        "deploy/database.env",
        ".git/config",
        ".env",
        "firebell.db",
        "bot/__pycache__/x.pyc",
    )
    assert [path for path in secrets if sent(path)] == []
