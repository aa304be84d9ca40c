"""YAML is read by two loaders, a swift one and one that can explain itself; nobody can tell which it was."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
import yaml

from bot.config import locate
from bot.config.document import MOST_LEVELS, load
from bot.config.locate import SwiftLoader, ValueLoader
from bot.errors import ConfigError

DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.mark.parametrize("path", sorted(DEPLOY.rglob("*.yaml")), ids=lambda path: path.name)
def test_both_loaders_read_the_same_from_every_file_that_ships(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    swift, plain = (yaml.load(text, Loader=loader) for loader in (SwiftLoader, ValueLoader))
    assert swift == plain
    assert load(text, path.name)[1] == plain


def test_a_library_built_without_libyaml_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = runpy.run_path(locate.__file__)["SwiftLoader"]
    text = (DEPLOY / "firebell.example.yaml").read_text(encoding="utf-8")
    assert yaml.load(text, Loader=slow) == yaml.load(text, Loader=ValueLoader)


@pytest.mark.parametrize("levels", [MOST_LEVELS - 10, 100 * MOST_LEVELS])
@pytest.mark.parametrize("nest", ["[{0}]", "{{a: {0}}}"], ids=["lists", "mappings"])
def test_no_depth_of_nesting_ends_the_process(levels: int, nest: str) -> None:
    before, after = nest.format("|").split("|")
    with pytest.raises(ConfigError, match="nested too deeply"):
        load(before * levels + "1" + after * levels, "some.yaml")
