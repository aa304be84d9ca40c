"""The world against the promises: what is lost, what is there twice, what stands out of order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.domain import effects as f
from bot.domain.policy import Policy
from tests.chaos.promise import Promise, Promises
from tests.stories.stage import whole_text

JSON = dict[str, Any]
JOINED: Final = ("channel_join", "group_join")


@dataclass(frozen=True)
class Sent:
    """A message of ours in the world, under its effect's key."""

    key: str
    channel: str
    ts: float
    thread_ts: str | None


@dataclass(frozen=True)
class Reckoning:
    """`expected` and `found` count messages. The rest name what is wrong, in words; empty is well."""

    incidents: int
    events: int
    expected: int
    found: int
    fired: int
    lost: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    disorder: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.disorder)

    def __str__(self) -> str:
        counts = f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.disorder)} out of order"
        return "\n  ".join([counts, *self.lost[:20], *self.doubled[:20], *self.disorder[:20]])


@dataclass(frozen=True)
class World:
    """The local Slack's whole state, as its page API gives it to tests."""

    state: JSON

    def messages(self, channel: str) -> list[JSON]:
        """Everything said in a channel, threads included, by time."""
        rows = self.state["channels"].get(channel, {}).get("messages") or []
        return sorted(rows, key=lambda one: float(one["ts"]))

    def sent(self) -> list[Sent]:
        """Every message that carries an effect's key, oldest first."""
        found = []
        for channel in self.state["channels"]:
            for one in self.messages(channel):
                key = ((one.get("metadata") or {}).get("event_payload") or {}).get("key")
                if key:
                    found.append(Sent(key, channel, float(one["ts"]), one.get("thread_ts")))
        return sorted(found, key=lambda one: one.ts)

    def rooms(self, number: int) -> list[str]:
        """Every channel made for an incident."""
        named = f"inc-{number}-"
        return [key for key, one in self.state["channels"].items() if str(one.get("name")).startswith(named)]

    def bot_user(self) -> str:
        return str(next(user["id"] for user in self.state["users"] if user["is_bot"]))

    def direct(self, channel: str) -> list[str]:
        """Who is in a direct message; nobody if it is none."""
        one = self.state["channels"][channel]
        return list(one["members"]) if one["kind"] == "im" else []

    def group(self, name: str) -> list[str]:
        """The members of a user group, by handle or id."""
        for one in self.state["usergroups"]:
            if name.lstrip("@") in (one["id"], one["handle"]):
                return list(one["users"])
        return []


def reckon(
    promised: Sequence[Promises],
    world: World,
    policy: Policy,
    *,
    timers: Mapping[str, Mapping[str, datetime]],
    now: datetime,
    bulletins: Collection[str] = (),
) -> Reckoning:
    """Compare. `timers` are the rows that stand, by incident and kind; one that is due by `now` may just be firing.

    `bulletins` are the keys of what no incident's log calls for, because it tells of several.
    """
    sent = world.sent()
    lost: list[str] = []
    doubled: list[str] = []
    disorder: list[str] = []
    known: set[str] = set()
    for one in promised:
        name = f"INC-{one.incident.number}"
        checks = (_said(one, sent, world), _around(one, world, policy), _timers(one, timers, now))
        for verdict, what in (problem for check in checks for problem in check):
            (lost if verdict == LOST else doubled).append(f"{name} {what}")
        disorder.extend(f"{name} {what}" for what in _disorder(one, sent))
        known |= one.messages.keys()
    told = Counter(one.key for one in sent)
    for verdict, what in (problem for key in bulletins for problem in _exactly_once(told[key], f"bulletin {key}")):
        (lost if verdict == LOST else doubled).append(what)
    known |= set(bulletins)
    doubled.extend(f"{one.key} was said, and no log calls for it" for one in sent if one.key not in known)
    return Reckoning(
        incidents=len(promised),
        events=sum(one.incident.seq for one in promised),
        expected=len(known),
        found=len(sent),
        fired=sum(len(one.fired) for one in promised),
        lost=tuple(lost),
        doubled=tuple(doubled),
        disorder=tuple(disorder),
    )


LOST: Final = "lost"
DOUBLED: Final = "doubled"
Problems = Iterator[tuple[str, str]]


def _exactly_once(count: int, what: str) -> Problems:
    if count == 0:
        yield LOST, what
    elif count > 1:
        yield DOUBLED, f"{what}, {count} times"


def _said(one: Promises, sent: Sequence[Sent], world: World) -> Problems:
    """Each message once, and where it belongs."""
    found: dict[str, list[Sent]] = defaultdict(list)
    for message in sent:
        found[message.key].append(message)
    for key, promise in one.messages.items():
        yield from _exactly_once(len(found[key]), f"{_name(promise)} {key}")
        if found[key] and not _is_in_place(found[key][0], promise, one, world):
            yield LOST, f"{_name(promise)} {key} stands in another place"


def _name(promise: Promise) -> str:
    notice = getattr(promise.effect, "notice", None)
    return f"{type(promise.effect).__name__} {type(notice).__name__ if notice else promise.stream}"


def _is_in_place(sent: Sent, promise: Promise, one: Promises, world: World) -> bool:
    effect, incident = promise.effect, one.incident
    if isinstance(effect, f.DirectMessage):
        return effect.user in world.direct(sent.channel)
    if promise.stream == f.ROOM:
        return incident.room is not None and sent.channel == incident.room.channel
    card = incident.messages.get(f.SUMMARY_CARD)
    if card is None or sent.channel != card.channel:
        return False
    return isinstance(effect, f.PostCard) or sent.thread_ts == card.ts


def _around(one: Promises, world: World, policy: Policy) -> Problems:
    """The channel and what belongs to it: people, pin, bookmarks, topic, files, and the card as it must now read."""
    incident = one.incident
    rooms = world.rooms(incident.number)
    yield from _exactly_once(len(rooms), "channel")
    if incident.room is None or incident.room.channel not in rooms:
        yield LOST, "channel is not the one in the log"
        return
    room = world.state["channels"][incident.room.channel]
    yield from _people(one, room, world)
    pins = Counter(pin["ts"] for pin in room["pins"])
    card = incident.messages.get(f.CARD)
    yield from _exactly_once(pins[card.ts] if card else 0, "pin")
    marks = Counter(mark["title"] for mark in room["bookmarks"])
    for title in _bookmarks(one, policy):
        yield from _exactly_once(marks.pop(title, 0), f"bookmark {title}")
    for title in marks:
        yield DOUBLED, f"bookmark {title}, which nothing calls for"
    yield from _up_to_date(one, room, world, policy)
    yield from _files(one, room["id"], world)


def _bookmarks(one: Promises, policy: Policy) -> Iterator[str]:
    for effect in one.of(f.AddBookmark):
        what = effect.what if isinstance(effect, f.AddBookmark) else ""
        if what == "summary":
            yield "Summary for everyone"
        elif what.startswith("dashboard:"):
            yield f"{policy.service(what.removeprefix('dashboard:')).name} dashboard"
        else:
            yield "Call" if what == "call" else "Postmortem"


def _people(one: Promises, room: JSON, world: World) -> Problems:
    """Everybody who was invited is in, and came in once."""
    invited: set[str] = set()
    for effect in one.of(f.InviteToRoom):
        if isinstance(effect, f.InviteToRoom):
            invited |= {*effect.users, *(user for group in effect.groups for user in world.group(group))}
    joined = Counter(row["user"] for row in world.messages(room["id"]) if row.get("subtype") in JOINED)
    for user in sorted(invited):
        yield from _exactly_once(joined[user] if user in room["members"] else 0, f"invitation of {user}")


def _up_to_date(one: Promises, room: JSON, world: World, policy: Policy) -> Problems:
    """Edits may collapse, but the last one must have come through: card and topic say what the incident now is."""
    incident = one.incident
    label = policy.severity(incident.severity).label
    into = incident.merged_into
    stands = f"Merged into {into.label}" if into else incident.status.value.capitalize()
    others = {*(one.other.label for one in incident.ties), *(one.other.label for one in incident.parts)}
    wanted = (label, stands, *sorted(others))
    card = incident.messages.get(f.CARD)
    text = next((whole_text(row) for row in world.messages(room["id"]) if card and row["ts"] == card.ts), "")
    if not all(re.search(rf"\b{re.escape(word)}\b", text) for word in wanted):
        yield LOST, f"the last edit of the card, which does not say {' and '.join(wanted)}"
    if not all(word in str(room["topic"]) for word in (label, stands)):
        yield LOST, "the last topic"


def _files(one: Promises, room: str, world: World) -> Problems:
    """The files of the newest postmortem are there, each shared once, and no others of that name."""
    shown = {file["id"]: len(file["shares"].get(room) or ()) for file in world.state["files"]}
    kept = {shared.file_id: shared.name for shared in one.incident.postmortem.files}
    for file_id, name in kept.items():
        yield from _exactly_once(shown.get(file_id, 0), f"file {name}")
    formats = {effect.format for effect in one.of(f.ShareDocument) if isinstance(effect, f.ShareDocument)}
    if len(formats) != len(kept):
        yield LOST, f"a file of the postmortem: {sorted(formats)}, of which the log knows {sorted(kept.values())}"
    stray = [file_id for file_id, times in shown.items() if times and file_id not in kept]
    if stray and not one.of(f.ShareCharts):
        yield DOUBLED, f"files {stray} in the channel, which the log does not know"


def _timers(one: Promises, timers: Mapping[str, Mapping[str, datetime]], now: datetime) -> Problems:
    standing = timers.get(one.incident.id, {})
    for kind, due in one.armed.items():
        if standing.get(kind) != due and due > now:
            yield LOST, f"timer {kind} due at {due:%H:%M:%S}, which stands at {standing.get(kind)}"
    for kind in standing.keys() - one.armed.keys():
        yield DOUBLED, f"timer {kind}, which has fired or was called off"
    for request in one.doubled:
        yield DOUBLED, f"firing {request}"


def _disorder(one: Promises, sent: Iterable[Sent]) -> Iterator[str]:
    """Within a stream, messages stand in the order of the events that call for them."""
    times = {message.key: message.ts for message in reversed(list(sent))}
    streams: dict[str, list[Promise]] = defaultdict(list)
    for promise in one.messages.values():
        if promise.key in times and promise.key not in one.retried:
            streams[promise.stream].append(promise)
    for stream, found in streams.items():
        by_time = [promise.key for promise in sorted(found, key=lambda promise: times[promise.key])]
        if by_time != [promise.key for promise in sorted(found, key=lambda promise: promise.place)]:
            yield f"stream {stream}: {' '.join(by_time)}"
