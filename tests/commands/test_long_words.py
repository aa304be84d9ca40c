"""Whatever length somebody types, the answer stays short, and what was typed is handed back."""

from __future__ import annotations

import json

import pytest

from commands.words import COMMANDS
from tests.commands.kit import ANA, FrontDesk

pytestmark = pytest.mark.slow

REASON_MAX = 600
"""Characters of the first block of an answer: what was not done, why, and what next."""

WORD = "y" * 2_900
SHAPES = {
    "a word": WORD,
    "a number": "9" * 2_900,
    "somebody": f"@{WORD}",
    "a mark-up": "`*_~" * 725,
    "a word and more": f"{WORD[:1_400]} {WORD[:1_400]}",
    "a place": f"#1 {WORD}",
}
DEEPER = (
    "staff eta",
    "available until",
    "available for",
    "off until",
    "asleep until",
    "override 1",
    "override 1 2h",
    "override",
    "severity",
    "status",
    "assign",
    "assign scribe",
    "handoff commander",
    "handoff all",
    "page payments",
    "page @bea",
    "regulatory",
    "subscribe service",
    "subscribe severity",
    "unsubscribe service",
    "declare sev9",
    "correct 1",
    "impact revenue",
    "impact customers",
    "impact vips",
    "safety withdraw",
    "link #1",
    "merge #1 into",
)


@pytest.mark.parametrize("shape", SHAPES)
async def test_an_answer_is_short_and_hands_back_what_was_typed(desk: FrontDesk, shape: str) -> None:
    room = await desk.room()
    wrong: list[tuple[str, str]] = []
    for start in (*(word.name for word in COMMANDS), *DEEPER):
        line = f"{start} {SHAPES[shape]}"
        before = desk.count()
        if not await desk.answers(ANA, room, line):
            continue  # a form opened with the text in it, or it was done
        said = await desk.last_answer(ANA)
        reason = said["blocks"][0].get("text", {}).get("text", "") if said["blocks"] else said["text"]
        if start != "help" and max(len(reason), len(said["text"])) > REASON_MAX:
            wrong.append((start, f"{reason[:150]} ... {reason[-150:]}"))
        if reason.startswith(("Nothing changed", "Nobody was paged")):
            handed_back = SHAPES[shape][5:1_000] in json.dumps(said, ensure_ascii=False)
            if desk.count() != before or not handed_back:
                wrong.append((start, reason))
    assert wrong == []
