"""Stakeholders subscribe, hear once of what they asked for, and of nothing that is not for them."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.integrations.email.kit import mail_server
from tests.stories.stage import ALERTS, ANA, BEA, INCIDENTS, INES, MEI, ROOT, SAM, Stage, bot, empty_stage, whole_text

pytestmark = pytest.mark.slow


async def told(scene: Stage, user: str) -> list[str]:
    await scene.settled()
    return [whole_text(one) for one in await scene.direct(user)]


async def test_who_subscribed_to_a_service_hears_of_its_incidents_and_of_no_others(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe checkout as executives")
    assert "Checkout" in await scene.last_whisper(SAM)
    await scene.types(ANA, ALERTS, "/incident declare sev2 search is slow")
    await scene.room(1)
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room(2)
    await scene.types(ANA, room, "/incident update Cards fail in Spain")
    heard = await told(scene, SAM)
    assert len(heard) == 2
    assert "INC-2" in heard[0]
    assert "declared" in heard[0]
    assert "Cards fail in Spain" in heard[1]
    assert "Led by" in heard[1]
    assert "you subscribed to Checkout" in heard[1]


async def test_overlapping_subscriptions_following_a_role_and_the_channel_tell_nobody_twice(scene: Stage) -> None:
    for what in ("checkout", "sev1", "everything"):
        for user in (SAM, BEA, MEI, INES):
            await scene.types(user, INCIDENTS, f"/incident subscribe {what}")
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    await scene.types(SAM, room, "/incident follow")
    await scene.types(ANA, room, f"/incident assign scribe <@{BEA}|bea>")
    await scene.settled()
    assert MEI in (await scene.world())["channels"][room]["members"], "she is on call for it"
    before = {user: len(await scene.direct(user)) for user in (SAM, BEA, MEI, INES)}
    await scene.types(ANA, room, "/incident update Cards fail in Spain")
    after = {user: (await told(scene, user))[before[user] :] for user in before}
    assert {user: len(heard) for user, heard in after.items()} == {SAM: 1, BEA: 0, MEI: 0, INES: 1}


async def test_the_button_on_a_message_ends_its_subscription(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe everything")
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    await scene.settled()
    (first,) = await scene.direct(SAM)
    await scene.presses(SAM, first, "unsubscribe")
    assert "no more of every incident" in await scene.last_whisper(SAM)
    await scene.types(ANA, room, "/incident update Cards fail in Spain")
    assert len(await told(scene, SAM)) == 1
    await scene.types(SAM, INCIDENTS, "/incident subscriptions")
    assert "no subscriptions" in await scene.last_whisper(SAM)


async def test_a_list_shows_what_one_is_subscribed_to_and_the_command_ends_it(scene: Stage) -> None:
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    await scene.types(SAM, room, "/incident subscribe #1 for support")
    await scene.types(SAM, room, "/incident subscribe SEV-2")
    await scene.types(SAM, room, "/incident subscriptions")
    shown = await scene.last_whisper(SAM)
    assert "INC-1" in shown
    assert "support" in shown
    assert "SEV2 incidents" in shown
    await scene.types(SAM, room, "/incident unsubscribe")
    await scene.types(SAM, room, "/incident unsubscribe sev2")
    await scene.types(SAM, room, "/incident subscriptions")
    assert "no subscriptions" in await scene.last_whisper(SAM)


async def test_a_form_subscribes_where_no_words_are_given(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe")
    form = await scene.form(SAM)
    topic = next(block for block in form["blocks"] if block.get("block_id") == "topic")
    search = next(one for one in topic["element"]["options"] if "Search" in one["text"]["text"])
    await scene.submits(SAM, form, topic={"selected_option": search})
    assert scene.rows("SELECT user, kind, name FROM subscriptions") == [(SAM, "service", search["value"][8:])]


async def test_a_private_incident_reaches_no_subscriber_outside(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe everything")
    await scene.types(BEA, INCIDENTS, "/incident subscribe everything")
    await scene.types(ANA, ALERTS, "/incident declare private sev1 checkout leaks")
    form = await scene.form(ANA)
    await scene.submits(ANA, form)
    room = await scene.room()
    await scene.types(ANA, room, f"/incident assign scribe <@{BEA}|bea>")
    await scene.types(ANA, room, f"/incident release scribe <@{BEA}|bea>")
    await scene.types(ANA, room, "/incident update Keys are being changed")
    assert await told(scene, SAM) == []
    await scene.types(SAM, INCIDENTS, "/incident subscribe #1")
    assert "no incident #1" in await scene.last_whisper(SAM)


async def test_a_correction_changes_what_subscribers_were_told(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe everything as support")
    await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
    room = await scene.room()
    await scene.types(ANA, room, "/incident update Cards fail in Spain")
    await scene.settled()
    await scene.types(ANA, room, "/incident correct 1 Cards fail in Portugal")
    heard = await told(scene, SAM)
    assert len(heard) == 2
    assert "Portugal" in heard[1]
    assert "corrected" in heard[1]
    assert "Where it stands" in heard[1]


async def test_what_is_misspelt_is_said_with_what_was_meant(scene: Stage) -> None:
    await scene.types(SAM, INCIDENTS, "/incident subscribe chekout")
    assert "Did you mean `checkout`" in await scene.last_whisper(SAM)
    await scene.types(SAM, INCIDENTS, "/incident subscribe checkout by email")
    assert "No e-mail is set up here" in await scene.last_whisper(SAM)
    assert scene.rows("SELECT count(*) FROM subscriptions") == [(0,)]


async def test_by_e_mail_the_same_is_told_once_and_one_click_ends_it(tmp_path: Path) -> None:
    async with mail_server() as box, empty_stage(tmp_path) as scene:
        with_mail = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}", "SMTP_FROM": "Firebell <firebell@shop.example>"}
        scene.environment |= with_mail | {"FIREBELL_PUBLIC_URL": "https://firebell.shop.example"}
        async with bot(scene):
            await scene.types(SAM, INCIDENTS, "/incident subscribe checkout by e-mail for executives")
            await scene.types(SAM, INCIDENTS, "/incident subscribe everything by e-mail")
            await scene.types(ANA, ALERTS, "/incident declare sev1 checkout returns 500s")
            room = await scene.room()
            await scene.types(ANA, room, "/incident update Cards fail in Spain")
            await scene.settled()
            await scene.types(ANA, room, "/incident correct 1 Cards fail in Portugal")
            assert await told(scene, SAM) == []
    assert [one["To"] for one in box.received] == ["sam@larkspur.example"] * 3
    subjects = [str(one["Subject"]) for one in box.received]
    assert ["declared" in subjects[0], "Cards fail in Spain" in subjects[1]] == [True, True]
    assert "(corrected): Cards fail in Portugal" in subjects[2]
    assert all("List-Unsubscribe" in one for one in box.received)


async def test_three_fires_bring_one_roll_up_at_the_full_hour(tmp_path: Path) -> None:
    to_the_hour = 3600 - time.time() % 3600 + 60
    async with empty_stage(tmp_path) as scene:
        async with bot(scene):
            for number, title in enumerate(("checkout returns 500s", "search is slow", "mail waits"), start=1):
                await scene.types(ANA, ALERTS, f"/incident declare sev2 {title}")
                await scene.room(number)
            await scene.types(ANA, ALERTS, "/incident declare private sev1 keys leaked")
            await scene.submits(ANA, await scene.form(ANA))
            await scene.room(4)
        scene.skip(minutes=to_the_hour / 60)
        async with bot(scene):
            await scene.until(lambda _: scene.rows("SELECT id FROM effects WHERE type = 'PostBulletin'"), "no roll-up")
            await scene.settled()
        async with bot(scene):
            await scene.settled()
            told = [whole_text(one) for one in await scene.messages(INCIDENTS) if "incidents are open" in one["text"]]
    assert len(told) == 1
    assert ["INC-1" in told[0], "INC-2" in told[0], "INC-3" in told[0], "INC-4" in told[0]] == [True] * 3 + [False]


def quiet_by_night(scene: Stage, folder: Path) -> None:
    """Give the bot settings by which it is quiet in Lagos for two hours more, and not in Tokyo."""
    now = datetime.now(ZoneInfo("Africa/Lagos"))
    begin, end = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-2, 2))
    settings = folder / "firebell.yaml"
    quiet = f'subscriptions: {{ quiet_hours: {{ from: "{begin}", to: "{end}" }} }}\n'
    example = (ROOT / "deploy/firebell.example.yaml").read_text(encoding="utf-8")
    assert "\nsubscriptions: {}\n" in example
    settings.write_text(example.replace("subscriptions: {}\n", quiet), encoding="utf-8")
    (folder / "regulations.yaml").write_bytes((ROOT / "deploy/regulations.yaml").read_bytes())
    scene.environment |= {"FIREBELL_CONFIG": str(settings)}


async def test_who_sleeps_reads_one_message_in_the_morning_and_who_is_awake_reads_each(tmp_path: Path) -> None:
    async with empty_stage(tmp_path, metrics=False) as scene:
        quiet_by_night(scene, tmp_path)
        async with bot(scene):
            for user in (SAM, MEI):
                await scene.types(user, INCIDENTS, "/incident subscribe checkout")
            await scene.types(ANA, ALERTS, "/incident declare sev2 checkout returns 500s")
            room = await scene.room()
            await scene.types(ANA, room, "/incident update Cards fail in Spain")
            await scene.settled()
            await scene.types(ANA, room, "/incident update Cards fail in Portugal, too")
            assert (len(await told(scene, MEI)), await told(scene, SAM)) == (3, [])
        scene.skip(minutes=125)
        async with bot(scene):
            await scene.until(lambda _: scene.rows("SELECT 1 FROM events WHERE type = 'QuietHoursOver'"), "still quiet")
            (heard,) = await told(scene, SAM)
            await scene.types(ANA, room, "/incident correct 2 Cards fail in Portugal as well")
            (corrected,) = await told(scene, SAM)
    assert "While it was quiet for you: declared" in heard
    assert "2 updates" in heard
    assert "Cards fail in Portugal, too" in heard
    assert "you subscribed to Checkout" in heard
    assert "Cards fail in Portugal as well" in corrected


async def test_what_becomes_a_sev1_wakes_them_with_all_of_it_in_one_message(tmp_path: Path) -> None:
    async with empty_stage(tmp_path, metrics=False) as scene:
        quiet_by_night(scene, tmp_path)
        async with bot(scene):
            await scene.types(SAM, INCIDENTS, "/incident subscribe everything")
            await scene.types(ANA, ALERTS, "/incident declare sev2 checkout returns 500s")
            room = await scene.room()
            assert await told(scene, SAM) == []
            await scene.types(ANA, room, "/incident severity sev1 Nobody can pay")
            (heard,) = await told(scene, SAM)
    assert "While it was quiet for you: declared" in heard
    assert "SEV1" in heard
