"""The alert rules that ship: Prometheus takes them, each fires when it should and not before, and the papers tell."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import yaml

from bot.telemetry import Metrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "alerts.yaml"
PLAY = Path(__file__).parent / "alerts.test.yaml"


needs_promtool = pytest.mark.skipif(which("promtool") is None, reason="needs promtool, from Debian's prometheus")


def promtool(*words: str) -> str:
    done = subprocess.run(["promtool", *words], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
    return found


@pytest.mark.prometheus
@needs_promtool
def test_prometheus_takes_the_rules(rules: list[dict[str, Any]]) -> None:
    assert f"{len(rules)} rules found" in promtool("check", "rules", "--lint-fatal", str(RULES))


@pytest.mark.prometheus
@needs_promtool
def test_each_alert_fires_when_it_should_and_not_before(tmp_path: Path) -> None:
    play = tmp_path / "alerts.test.yaml"
    play.write_text(PLAY.read_text(encoding="utf-8").replace("RULES", str(RULES)), encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", str(play))


def test_no_alert_is_left_out_of_the_play(rules: list[dict[str, Any]]) -> None:
    fired = set(re.findall(r'alertname="(\w+)"', PLAY.read_text(encoding="utf-8")))
    assert {rule["alert"] for rule in rules} == fired


def test_the_rules_ask_for_metrics_that_exist(rules: list[dict[str, Any]]) -> None:
    known = {sample.name for metric in Metrics().registry.collect() for sample in metric.samples}
    known |= {f"{metric.name}_total" for metric in Metrics().registry.collect() if metric.type == "counter"}
    asked = {name for rule in rules for name in re.findall(r"\bfirebell_\w+", rule["expr"])}
    assert asked
    assert asked <= known


def test_the_papers_tell_what_to_do_about_each_alert(rules: list[dict[str, Any]]) -> None:
    paper = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(Firebell\w+)` \|", paper, re.MULTILINE) == [rule["alert"] for rule in rules]
