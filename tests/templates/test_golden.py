"""Every message and form, word for word and block for block."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.blockkit import validate_message, validate_view
from templates.message import Message
from templates.sample import SAMPLES
from tests.templates.reading import Drawn

GOLDEN = Path(__file__).parent / "golden"


def body(drawn: Drawn) -> object:
    return {"text": drawn.text, "blocks": drawn.blocks} if isinstance(drawn, Message) else drawn


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_reads_as_agreed(name: str, golden_update: bool) -> None:
    written = json.dumps(body(SAMPLES[name]()), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    path = GOLDEN / f"{name}.json"
    if golden_update:
        path.write_text(written, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", SAMPLES)
def test_slack_would_take_a_sample(name: str) -> None:
    drawn = SAMPLES[name]()
    problems = validate_message(drawn.text, drawn.blocks) if isinstance(drawn, Message) else validate_view(drawn)
    assert problems == []


def test_no_golden_file_is_left_without_its_sample() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(SAMPLES)
