"""Each import rule of pyproject.toml is one that bites: a planted import breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, project

pytestmark = pytest.mark.slow

LINTER = Path(sys.executable).with_name("lint-imports")


@dataclass(frozen=True, slots=True)
class Plant:
    """A line added to a file (or a new file), and the contract that it breaks."""

    contract: str
    file: str
    line: str


PLANTS = (
    Plant("One way through the house", "commands/__init__.py", "import integrations"),
    Plant("One way through the house", "templates/actions.py", "import bot.outbox"),
    Plant("One way through the house", "bot/service.py", "import templates"),
    Plant("One way through the house", "bot/analysis/__init__.py", "import bot.errors"),
    Plant("Every part of the bot has its floor", "bot/extra.py", "import json"),
    Plant("Every part of the bot has its floor", "bot/store/sql.py", "import bot.outbox"),
    Plant("Every part of the bot has its floor", "bot/clock.py", "import bot.telemetry"),
    Plant("Nothing goes in circles", "bot/domain/model.py", "import bot.domain.cadence"),
    Plant("Nothing goes in circles", "sandbox/model.py", "import sandbox.server"),
    Plant(
        "Only the composition roots and the migrations know the store",
        "commands/__init__.py",
        "import bot.store.tables",
    ),
    Plant("Nothing but the command line knows the local Slack", "bot/service.py", "import sandbox.clock"),
    Plant("The local Slack knows nothing of the bot", "sandbox/clock.py", "import bot.clock"),
    Plant("The local Slack knows nothing of the bot", "sandbox/clock.py", "import slack_sdk"),
    Plant("The domain needs the standard library only", "bot/domain/slug.py", "import yaml"),
    Plant("Nothing below the composition root knows the chat's client", "bot/service.py", "import slack_sdk.models"),
    Plant("Integrations do not know each other", "integrations/another.py", "import integrations.slack"),
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the packages and of their rules."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def broken(folder: Path) -> set[str]:
    """Return the names of the contracts that do not hold in a folder."""
    done = subprocess.run(
        [str(LINTER), "--no-cache"], cwd=folder, env={}, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Contracts:" in done.stdout, done.stdout + done.stderr
    lines = (line.removesuffix(" BROKEN") for line in done.stdout.splitlines() if line.endswith(" BROKEN"))
    return set(lines)


def test_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.file}: {plant.line}")
def test_a_planted_import_breaks_its_contract(copy: Path, plant: Plant) -> None:
    with (copy / plant.file).open("a", encoding="utf-8") as file:
        file.write(f"\n{plant.line}\n")
    assert plant.contract in broken(copy)


def test_every_contract_is_tried() -> None:
    contracts = {contract["name"] for contract in project()["tool"]["importlinter"]["contracts"]}
    assert {plant.contract for plant in PLANTS} == contracts


def test_every_package_is_under_contract() -> None:
    assert set(project()["tool"]["importlinter"]["root_packages"]) == set(PACKAGES)
