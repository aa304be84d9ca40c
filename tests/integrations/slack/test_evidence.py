"""Messages put on the timeline are read as they were said, wherever they were said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import effects as f
from bot.errors import IntegrationError, Reason
from integrations.slack.evidence import said_at
from integrations.slack.text import plain
from tests.integrations.slack.kit import ANA, BEA, GENERAL, Shift, page


async def say(shift: Shift, text: str, channel: str = "", **more: str) -> tuple[str, str]:
    """Have Ana say something; returns channel and ts."""
    room = shift.incident.room
    assert room is not None
    where = channel or room.channel
    before = {row["ts"] for row in (await shift.channel(where))["messages"]}
    await page(shift.integration, shift.slack, f"as/{ANA}/messages", channel=where, text=text, **more)
    [ts] = {row["ts"] for row in (await shift.channel(where))["messages"]} - before
    return where, ts


async def fetch(shift: Shift, channel: str, ts: str, thread_ts: str | None = None) -> f.Facts:
    return await shift.perform(f.FetchMessage(channel, ts, thread_ts, ANA))


async def test_a_message_is_read_with_author_words_address_and_time(shift: Shift):
    await shift.set_up()
    channel, ts = await say(shift, f"<@{BEA}> restarted it & it is <b>up</b>")
    found = await fetch(shift, channel, ts)
    assert isinstance(found, f.Fetched)
    assert (found.author, found.text) == (ANA, "@{UBEA} restarted it & it is <b>up</b>")
    assert found.permalink.endswith(ts.replace(".", ""))
    assert found.said_at == said_at(ts)


@pytest.mark.parametrize("known", [True, False], ids=["thread known", "thread not known"])
async def test_a_reply_in_a_thread_is_found(shift: Shift, known: bool):
    await shift.set_up()
    channel, root = await say(shift, "What happened?")
    for number in range(5):
        await say(shift, f"thought {number}", thread_ts=root)
    _, ts = await say(shift, "The pool was exhausted", thread_ts=root)
    found = await fetch(shift, channel, ts, root if known else None)
    assert isinstance(found, f.Fetched)
    assert found.text == "The pool was exhausted"


async def test_a_deleted_message_is_gone_and_no_error(shift: Shift):
    await shift.set_up()
    channel, ts = await say(shift, "never mind")
    await page(shift.integration, shift.slack, f"as/{ANA}/messages/delete", channel=channel, ts=ts)
    assert await fetch(shift, channel, ts) == f.Gone("The message was deleted.")


async def test_a_message_where_the_bot_is_not_is_gone_and_says_why(shift: Shift):
    await shift.set_up()
    channel, ts = await say(shift, "over here", GENERAL)
    assert await fetch(shift, channel, ts) == f.Gone("Firebell is not in that channel.")


async def test_a_failing_slack_is_still_an_error(shift: Shift):
    await shift.set_up()
    channel, ts = await say(shift, "hello")
    shift.fail("conversations.history", "503")
    with pytest.raises(IntegrationError) as caught:
        await fetch(shift, channel, ts)
    assert caught.value.reason is Reason.SERVER


@pytest.mark.parametrize("method", ["chat.getPermalink"])
async def test_without_an_address_the_entry_still_holds_what_was_said(shift: Shift, method: str):
    await shift.set_up()
    channel, ts = await say(shift, "hello")
    shift.fail(method, "500")
    found = await fetch(shift, channel, ts)
    assert isinstance(found, f.Fetched)
    assert (found.text, found.permalink) == ("hello", "")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("<@U1|ana> and <@U2>", "@{U1} and @{U2}"),
        ("see <#C1|ops> or <#C2>", "see #ops or #C2"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<https://x.example|the board>", "the board (https://x.example)"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("<!here> <!subteam^S1|@oncall>", "@here @oncall"),
        ("at <!date^1700000000^{time}|22:13 UTC>", "at 22:13 UTC"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_slacks_notation_becomes_plain_text(sent: str, read: str):
    assert plain(sent) == read


def test_a_stamp_is_read_to_the_microsecond():
    assert said_at("1700000000.000001") == datetime(2023, 11, 14, 22, 13, 20, 1, UTC)
    assert said_at("1700000000") == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


async def test_a_room_is_read_for_when_somebody_last_wrote_there_and_for_nothing_else(shift: Shift):
    await shift.set_up()
    _, first = await say(shift, "Looking at the pods")
    _, last = await say(shift, "They restart")
    beginning = said_at(first) - timedelta(minutes=15)
    assert await shift.perform(f.ReadRoom(beginning)) == f.RoomHeard(said_at(last))
    assert await shift.perform(f.ReadRoom(said_at(last) + timedelta(seconds=1))) == f.RoomHeard(None)


async def test_what_apps_and_slack_itself_write_is_nobodys_word(shift: Shift):
    await shift.set_up()
    room = shift.incident.room
    assert room is not None
    rows = (await shift.channel(room.channel))["messages"]
    assert rows, "the card and the joins"
    assert await shift.perform(f.ReadRoom(datetime(2020, 1, 1, tzinfo=UTC))) == f.RoomHeard(None)


async def test_a_room_that_is_gone_heard_nobody_and_a_failing_slack_is_an_error(shift: Shift):
    await shift.set_up()
    shift.fail("conversations.history", "503")
    with pytest.raises(IntegrationError):
        await shift.perform(f.ReadRoom(datetime(2020, 1, 1, tzinfo=UTC)))
    shift.fail("conversations.history", "error:channel_not_found")
    assert await shift.perform(f.ReadRoom(datetime(2020, 1, 1, tzinfo=UTC))) == f.RoomHeard(None)
