"""Importing does nothing, `--help` is quick, and an installed Firebell takes one name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGES, ROOT, project, shipped

# Alembic runs this one as a script, in a context of its own; nothing imports it.
SCRIPTS = {"migrations.env"}

HEAVY = ("aiohttp", "alembic", "matplotlib", "numpy", "pydantic", "scipy", "slack_bolt", "slack_sdk", "sqlalchemy")

WATCHED = str(ROOT / "tests" / "architecture" / "import_all.py")


def _python(*arguments: str, folder: Path = ROOT, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with an empty environment."""
    command = [sys.executable, "-B", *arguments]
    return subprocess.run(
        command, cwd=folder, env={}, input=given, capture_output=True, text=True, timeout=120, check=False
    )


def test_importing_every_module_does_nothing() -> None:
    modules = [source.module for source in shipped() if source.module not in SCRIPTS]
    done = _python(WATCHED, given=json.dumps(modules))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_the_watch_sees_a_module_that_opens_a_file(tmp_path: Path) -> None:
    (tmp_path / "guilty.py").write_text("from pathlib import Path\nPath('made').write_text('x')\n", encoding="utf-8")
    done = _python(WATCHED, folder=tmp_path, given='["guilty"]')
    assert json.loads(done.stdout) == ["guilty: open ('made',)"]


def test_help_loads_no_heavy_module() -> None:
    code = (
        "import sys\n"
        "from bot.cli import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit as ended:\n"
        "    assert ended.code == 0\n"
        f"print('loaded:', *(name for name in {HEAVY!r} if name in sys.modules))\n"
    )
    done = _python("-c", code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded:"
    assert "doctor" in done.stdout


def test_no_other_distribution_owns_one_of_our_names() -> None:
    owners = packages_distributions()
    ours = (*PACKAGES, "firebell")
    assert {name: owners[name] for name in ours if set(owners.get(name, ())) - {"firebell"}} == {}


def test_every_package_is_shipped_under_the_one_name() -> None:
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(wheel["sources"]) == set(wheel["only-include"]) == {*PACKAGES, "deploy"}
    assert all(place == f"firebell/_app/{name}" for name, place in wheel["sources"].items())
    assert wheel["force-include"] == {"bot/_launcher.py": "firebell/__init__.py"}


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder laid out as site-packages is after an install."""
    wheel = project()["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name, place in wheel["sources"].items():
        shutil.copytree(ROOT / name, tmp_path / place, ignore=shutil.ignore_patterns("__pycache__"))
    for source, place in wheel["force-include"].items():
        shutil.copy(ROOT / source, tmp_path / place)
    return tmp_path


def test_the_installed_command_starts_and_finds_what_ships_beside_it(installed: Path) -> None:
    code = (
        "import sys\n"
        f"sys.path[:0] = [{str(installed)!r}]\n"
        "import firebell\n"
        "sys.argv = ['firebell', 'check-config']\n"
        "status = firebell.main()\n"
        "from bot.cli.files import EXAMPLE_SETTINGS, manifest\n"
        "assert EXAMPLE_SETTINGS.is_file() and manifest('socket')\n"
        "sys.exit(status)\n"
    )
    done = _python("-c", code, folder=installed)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("built-in defaults: well.")


def test_site_packages_gain_the_one_name_only(installed: Path) -> None:
    assert [path.name for path in installed.iterdir()] == ["firebell"]
