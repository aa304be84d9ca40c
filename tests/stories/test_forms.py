"""Two people with the same form open: nobody's words are lost, and nobody's work is undone."""

from __future__ import annotations

import pytest

from tests.stories.stage import ALERTS, ANA, BEA, Stage, whole_text

pytestmark = pytest.mark.slow


async def declared(scene: Stage) -> str:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    return await scene.room()


async def test_an_update_that_was_overtaken_shows_the_other_and_goes_out_on_the_second_submit(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(BEA, room, "/incident update")
    opened = await scene.form(BEA)
    await scene.types(ANA, room, "/incident update Half of all payments fail")
    await scene.submits(BEA, opened, headline={"value": "We roll back"})
    redrawn = await scene.form(BEA)
    assert "Half of all payments fail" in whole_text(redrawn)
    await scene.submits(BEA, redrawn)
    await scene.settled()
    said = [text for text in map(whole_text, await scene.messages(room)) if "We roll back" in text]
    assert any("Update 2" in text for text in said)


async def test_an_edit_that_was_overtaken_keeps_what_was_typed(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(ANA, room, "/incident edit")
    await scene.types(BEA, room, "/incident edit")
    anas, beas = await scene.form(ANA), await scene.form(BEA)
    await scene.submits(ANA, anas, summary={"value": "The pool is full"})
    await scene.submits(BEA, beas, summary={"value": "The pool leaks"})
    redrawn = await scene.form(BEA)
    assert "The pool is full" in whole_text(redrawn)
    await scene.submits(BEA, redrawn)
    saved = scene.rows("SELECT count(*) FROM events WHERE type = 'DetailsEdited'")
    assert saved == [(2,)]


async def test_a_roles_form_leaves_alone_what_its_sender_left_alone(scene: Stage) -> None:
    room = await declared(scene)
    await scene.types(BEA, room, "/incident release commander")
    await scene.types(BEA, room, "/incident assign")
    opened = await scene.form(BEA)
    await scene.types(ANA, room, "/incident take commander")
    await scene.submits(BEA, opened, **{"role:deputy": {"selected_user": BEA}})
    await scene.types(ANA, room, "/incident status")
    status = await scene.last_whisper(ANA)
    assert f"*Commander* <@{ANA}>" in status
    assert f"<@{BEA}>" in status
