"""Whatever is typed into any field of any form is kept as it was typed, and says nothing to anybody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.commands import Resolve
from bot.domain.model import Actor
from tests.commands.kit import ANA, BEA, FrontDesk
from tests.commands.test_bad_input import HOSTILE

TEXT = " ".join(HOSTILE)

FORMS = {
    "update": ("headline", "impact", "doing", "next"),
    "note": ("text",),
    "edit": ("title", "summary", "impact"),
    "severity": ("reason",),
    "safety": ("reason",),
    "override": ("reason",),
    "impact": ("source",),
    "resolve": ("fixed_by", "headline", "impact"),
    "cancel": ("reason",),
    "reopen": ("reason",),
}
"""Words whose form holds text, and its fields."""

CHOSEN: dict[str, dict[str, Any]] = {
    "severity": {"severity": {"selected_option": {"value": "sev3"}}},
    "override": {"place": {"value": "1"}, "lasting": {"selected_option": {"value": "2h"}}},
    "impact": {"customers": {"value": "12"}},
}


@pytest.mark.parametrize("word", FORMS)
async def test_a_text_is_recorded_as_it_was_typed(desk: FrontDesk, word: str) -> None:
    room = await desk.room()
    if word == "reopen":
        await desk.do(await desk.it(), Resolve("rolled back"), Actor(ANA))
    before = desk.count()
    await desk.types(BEA, room, f"/incident {word}")
    fields = {field: {"value": f"{TEXT} {field}"} for field in FORMS[word]}
    answer = await desk.submission(BEA, await desk.form(BEA), **fields, **CHOSEN.get(word, {}))
    assert answer == {}
    kept = json.dumps(
        [json.loads(data) for (data,) in desk.rows("SELECT data FROM events")[before:]], ensure_ascii=False
    )
    for field in FORMS[word]:
        assert json.dumps(f"{TEXT} {field}", ensure_ascii=False)[1:-1] in kept
    status = json.dumps(await desk_status(desk, room), ensure_ascii=False)
    assert "<!channel>" not in status
    assert "<#C0GENERAL1>" not in status
    assert "evil.example|safe>" not in status


async def desk_status(desk: FrontDesk, room: str) -> Any:
    """What is shown of it at once."""
    await desk.answers(BEA, room, "status")
    await desk.answers(BEA, room, "timeline all")
    return [one["blocks"] for one in (await desk.world())["ephemerals"] if one["user_shown"] == BEA]
