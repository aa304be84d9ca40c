"""Charts and documents are shared once, whichever step was cut off."""

from __future__ import annotations

import json

import pytest

from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from tests.integrations.slack.kit import PNG, Shift


async def with_charts(shift: Shift, *names: str) -> f.ShareCharts:
    await shift.set_up()
    return f.ShareCharts(await shift.desk.store_blob(json.dumps(names).encode(), "application/json"), "asked")


async def shared(shift: Shift) -> list[list[str]]:
    """Return the file names of each message in the room that carries files."""
    room = shift.incident.room
    assert room is not None
    return [[file["name"] for file in row["files"]] for row in await shift.messages(room.channel) if row.get("files")]


async def test_charts_are_shared_in_one_message_with_words_for_those_who_cannot_see_them(shift: Shift):
    effect = await with_charts(shift, "latency", "errors")
    facts = await shift.do(effect)
    assert isinstance(facts, f.FileFacts)
    assert facts.names == ("latency.png", "errors.png")
    assert all(link.startswith("http") for link in facts.permalinks)
    assert await shared(shift) == [["latency.png", "errors.png"]]
    stored = (await shift.see())["files"]
    assert [file["alt_text"] for file in stored] == ["latency at asked", "errors at asked"]
    assert {file["size"] for file in stored} == {len(PNG)}


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "files.info"], ids=lambda name: name
)
@pytest.mark.parametrize("kind", ["lost_answer", "500", "429", "timeout"])
async def test_whichever_call_fails_the_next_attempt_shares_once(shift: Shift, method: str, kind: str):
    effect = await with_charts(shift, "latency", "errors")
    shift.fail(method, kind, after=1 if method == "files.getUploadURLExternal" else 0)
    again, _ = await shift.lose(effect)
    facts = await shift.find(effect, again) or await shift.perform(effect, again)
    assert isinstance(facts, f.FileFacts)
    assert facts.names == ("latency.png", "errors.png")
    assert await shared(shift) == [["latency.png", "errors.png"]]


async def test_an_upload_that_was_not_completed_is_known_not_to_be_shared(shift: Shift):
    effect = await with_charts(shift, "latency")
    shift.fail("files.completeUploadExternal", "503")
    again, _ = await shift.lose(effect)
    assert again.progress["file:0"].startswith("F")
    assert await shift.find(effect, again) is None


async def test_nothing_drawn_is_nothing_shared(shift: Shift):
    assert await shift.do(await with_charts(shift)) == f.Done()
    assert await shared(shift) == []


async def test_a_document_is_named_after_its_incident_and_version(shift: Shift):
    await shift.set_up()
    blob = await shift.desk.store_blob(b"# Postmortem", "text/markdown")
    facts = await shift.perform(f.ShareDocument(2, "md", blob))
    assert isinstance(facts, f.FileFacts)
    assert facts.names == ("inc-42-postmortem-v2.md",)
    assert await shared(shift) == [["inc-42-postmortem-v2.md"]]


async def test_a_blob_that_is_gone_is_told_and_not_tried_again(shift: Shift):
    await shift.set_up()
    with pytest.raises(IntegrationError) as caught:
        await shift.perform(f.ShareDocument(1, "html", "0" * 64))
    assert caught.value.reason is Reason.CLIENT


async def test_replaced_files_are_removed_and_removing_them_twice_is_no_trouble(shift: Shift):
    facts = await shift.do(await with_charts(shift, "latency"))
    assert isinstance(facts, f.FileFacts)
    for _ in range(2):
        assert await shift.perform(f.RemoveFiles((*facts.file_ids, "F0NOTHING"))) == f.Done()
    assert await shared(shift) == []
