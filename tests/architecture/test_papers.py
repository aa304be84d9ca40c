"""The papers say what the code does: commands, words, metrics, links, decisions, CI."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.config.defaults import ROLES
from bot.telemetry import Metrics
from commands.grammar import ALIASES
from commands.words import COMMANDS, WORDS
from integrations import INTEGRATIONS
from templates.wording import Wording
from tests.architecture.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
EXTENDING = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))

LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
CODE_PATH = re.compile(
    r"`((?:bot|commands|integrations|templates|migrations|sandbox|tests|docs|deploy|\.ci|\.github)/[\w./-]*)`"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_readme_has_one_row_for_each_word_as_help_tells_it() -> None:
    table = README.split("<!-- commands")[1].split("<!-- /commands -->")[0]
    rows = re.findall(r"^\| (\w*) ?\| `/incident (.*?)` \| (.*?) \|$", table, re.MULTILINE)
    assert [(usage, text) for _, usage, text in rows] == [(word.usage, word.text) for word in COMMANDS]
    assert [group for group, _, _ in rows if group] == list(dict.fromkeys(word.group for word in COMMANDS))


def test_the_readme_names_every_short_form() -> None:
    told = dict(re.findall(r"`([\w?-]+)`\s+for\s+`(\w+)`", README))
    assert told == dict(ALIASES)


def test_short_forms_and_first_acts_lead_to_words_that_exist() -> None:
    assert {alias: word for alias, word in ALIASES.items() if word not in WORDS} == {}
    acts = {act for role in ROLES for _, act in role.first_acts}
    assert {act for act in acts if ALIASES.get(act, act) not in WORDS} == set()


def test_the_readme_has_one_row_for_each_integration() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", README, re.MULTILINE)
    assert sorted(rows) == sorted(INTEGRATIONS)


def test_every_word_of_the_command_line_is_in_its_table(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    known = re.findall(r"^    ([a-z][\w-]+)(?: +\S|$)", capsys.readouterr().out.split("commands:")[1], re.MULTILINE)
    assert len(known) > 5
    assert sorted(re.findall(r"^\| `firebell ([\w-]+)", OPERATIONS, re.MULTILINE)) == sorted(known)


def test_every_metric_is_in_its_table() -> None:
    told = set(re.findall(r"^\| `(firebell_\w+)` \|", OPERATIONS, re.MULTILINE))
    known = {f"{one.name}_total" if one.type == "counter" else one.name for one in Metrics().registry.collect()}
    assert told == known


def test_the_wording_shown_in_the_papers_works(tmp_path: Path) -> None:
    found = re.search(r"```jinja\n\{# my-wording/(\w+\.j2) #\}\n(.*?)```", EXTENDING, re.DOTALL)
    assert found
    (tmp_path / found[1]).write_text(found[2], encoding="utf-8")
    said = Wording(tmp_path).say("notices.no_commander", minutes=5)
    assert said == "Nobody leads yet, 5 minutes in. Who takes it?"


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_link_inside_the_repository_leads_somewhere(paper: Path) -> None:
    for target in LINK.findall(paper.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        aim = (paper.parent / path).resolve() if path else paper
        assert aim.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", aim.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}, target


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_every_file_that_a_paper_names_exists(paper: Path) -> None:
    named = CODE_PATH.findall(paper.read_text(encoding="utf-8"))
    examples = {"integrations/pager.py"}
    assert [path for path in named if path not in examples and not (ROOT / path).exists()] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=name_of)
def test_a_decision_is_one_page_with_its_five_parts(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Rejected", "Files"]
    assert len(text.splitlines()) <= 60


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(path.name.split("-")[0]) for path in DECISIONS]
    titles = [int(path.read_text(encoding="utf-8").split(".")[0].removeprefix("# ")) for path in DECISIONS]
    assert numbers == titles == list(range(1, len(DECISIONS) + 1))


def test_ci_runs_the_one_entry_on_a_push_and_a_pull_request() -> None:
    # BaseLoader, since YAML 1.1 would read the key `on` as true.
    workflow = yaml.load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert {"push", "pull_request"} <= set(workflow["on"])
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run", "make audit"]
    assert workflow["permissions"] == {"contents": "read"}


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
