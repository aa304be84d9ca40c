"""Payloads as Slack sends them, and as nobody should: with parts missing, doubled, or of another kind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from hypothesis import strategies as st

from sandbox.seed import ALERTS, ANA, BEA, INCIDENTS, SAM, TOMAS
from templates.actions import Action, Form, Shortcut
from tests.fuzz.texts import GHOST, broken, lines, texts

JSON = dict[str, Any]

FORM_TYPE: Final = "application/x-www-form-urlencoded"
JSON_TYPE: Final = "application/json"


@dataclass(frozen=True)
class Knock:
    """One signed request. `typed` is what a person wrote in it, where the kind promises to keep that."""

    kind: str
    body: bytes
    content_type: str = FORM_TYPE
    typed: str = ""
    form: str = ""


@dataclass(frozen=True)
class Stock:
    """What the house holds, for payloads to speak of."""

    incidents: Sequence[str]
    rooms: Sequence[str]
    forms: Mapping[str, JSON]


people = st.sampled_from((ANA, BEA, SAM, ANA, BEA, SAM, TOMAS, "USLACKBOT", "U0NOBODY00", ""))
stamps = st.integers(1, 10**6).map(lambda number: f"17000{number:06d}.{number:06d}")
TRIGGER: Final = "0TRIGGER0"
RESPONSE: Final = "0RESPONSE0"
VIEW: Final = "0VIEW0"
"""Stand for a trigger id that is good now, an address that takes answers, and a new form; put in before sending."""

triggers = st.sampled_from((TRIGGER, TRIGGER, TRIGGER)) | stamps
junk: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=True),
    texts,
    broken,
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([[], {}, 7]),
    st.just({"id": []}),
    st.just({"value": {"value": 1}}),
    st.just({"type": 3, "id": None}),
)


@st.composite
def mangled(draw: st.DrawFn, payload: JSON) -> JSON:
    """Break one to three places of a payload."""
    payload = deepcopy(payload)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(payload))
        if not places:
            break
        holder, key = draw(st.sampled_from(places))
        if draw(st.integers(0, 3)) == 0:
            del holder[key]
        else:
            holder[key] = deepcopy(draw(junk))
    return payload


def _places(node: Any) -> Any:
    rows = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, inner in rows:
        yield node, key
        yield from _places(inner)


@st.composite
def commands(draw: st.DrawFn, stock: Stock) -> Knock:
    """A slash command; now and then fields are missing or strange."""
    text = draw(lines())
    fields = {
        "command": "/incident",
        "text": text,
        "user_id": draw(people),
        "team_id": "T0LARKSPUR",
        "channel_id": draw(st.sampled_from((ALERTS, INCIDENTS, "C0NOWHERE", *stock.rooms, *stock.rooms))),
        "trigger_id": draw(triggers),
        "response_url": RESPONSE,
    }
    for field in draw(st.lists(st.sampled_from(sorted(fields)), max_size=2)) if draw(st.integers(0, 4)) == 0 else ():
        fields.pop(field, None)
        if draw(st.booleans()):
            fields[field] = draw(texts)
    body = urlencode({key: value.encode(errors="replace") for key, value in fields.items()}).encode()
    return Knock("command", body, typed=fields.get("text", ""))


@st.composite
def submissions(draw: st.DrawFn, stock: Stock) -> tuple[JSON, str, str]:
    """A form that was really drawn, filled with anything: the payload, what was typed, and the form's name."""
    name = draw(st.sampled_from(sorted(stock.forms)))
    view = deepcopy(stock.forms[name])
    values = {}
    typed = draw(texts)
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            values[block["block_id"]] = {
                element["action_id"]: {"type": element["type"], **draw(_filled(element, typed))}
            }
    view |= {"id": draw(st.sampled_from((VIEW, VIEW, VIEW, "V1"))), "state": {"values": values}, "type": "modal"}
    typed = "".join(str(one["value"] or "") for row in values.values() for one in row.values() if "value" in one)
    payload = _interaction("view_submission", draw(people), draw(triggers)) | {"view": view}
    return payload, typed, name


def _filled(element: JSON, typed: str) -> st.SearchStrategy[JSON]:
    kind = element["type"]
    if kind == "plain_text_input":
        return st.sampled_from(({"value": typed}, {"value": typed}, {"value": None}, {"value": typed[:20]}))
    if kind in ("users_select", "multi_users_select"):
        picked = people.map(lambda user: {"selected_user": user, "selected_users": [user, ANA]})
        return st.just({}) | picked
    if kind in ("datetimepicker", "datepicker"):
        moments = st.integers(-(10**12), 10**12) | st.integers(1_700_000_000, 1_800_000_000)
        days = st.sampled_from(("2026-11-30", "2026-13-45", "0000-00-00", "9999-12-31", "١٢"))
        return st.builds(lambda at, day: {"selected_date_time": at, "selected_date": day}, moments, days)
    options = element.get("options") or [
        one for group in element.get("option_groups") or () for one in group["options"]
    ]
    chosen = st.sampled_from([*options, {"value": "gone"}, {"value": 7}, None])
    return chosen.map(lambda one: {"selected_option": one, "selected_options": [one] if one else []})


@st.composite
def controls(draw: st.DrawFn, stock: Stock) -> JSON:
    """A control of a message, a form or the Home."""
    extra = draw(st.dictionaries(_named, _carried, max_size=3))
    carried = {"i": draw(st.sampled_from((*stock.incidents, "gone", ""))), "s": draw(st.integers(0, 40)), **extra}
    value = draw(st.sampled_from((json.dumps(carried), json.dumps(carried), json.dumps(carried), "", "{", "[]", "7")))
    action: JSON = {
        "type": "button",
        "action_id": draw(st.sampled_from(sorted(Action))),
        "block_id": "b",
        "value": value,
    }
    if draw(st.integers(0, 3)) == 0:
        action |= {"selected_option": {"value": value}, "selected_user": draw(people)}
    payload = _interaction("block_actions", draw(people), draw(triggers)) | {"actions": [action]}
    room = draw(st.sampled_from((ALERTS, *stock.rooms)))
    if draw(st.integers(0, 4)) == 0:
        view = deepcopy(stock.forms[draw(st.sampled_from(sorted(stock.forms)))])
        view |= {"id": f"V{draw(stamps)}", "type": draw(st.sampled_from(("modal", "home"))), "state": {"values": {}}}
        return payload | {"view": view, "container": {"type": "view", "view_id": view["id"]}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": draw(lines())}}
    message = {"ts": draw(stamps), "text": draw(lines()), "blocks": [section]}
    container = {"type": "message", "message_ts": message["ts"], "channel_id": room}
    place = {"container": container, "channel": {"id": room}, "response_url": RESPONSE}
    return payload | place | {"message": message}


_named = st.sampled_from(
    (
        "role",
        "user",
        "replace",
        "severity",
        "effect",
        "update",
        "section",
        "item",
        "kind",
        "text",
        "page",
        "detail",
        "do",
    )
)
_carried = st.one_of(
    st.sampled_from(("commander", "scribe", "sev1", "sev4", "1", "0", "99", "root_cause", "action_items", "e1", ANA)),
    st.sampled_from(sorted(Action)),
    lines(),
    texts,
)


@st.composite
def shortcuts(draw: st.DrawFn, stock: Stock) -> JSON:
    """A shortcut, global or on a message."""
    callback = draw(st.sampled_from(sorted(Shortcut)))
    kind = "shortcut" if callback == Shortcut.DECLARE else "message_action"
    payload = _interaction(kind, draw(people), draw(triggers)) | {"callback_id": callback}
    if kind == "message_action":
        room = draw(st.sampled_from((ALERTS, *stock.rooms)))
        message = {"type": "message", "ts": draw(stamps), "text": draw(texts), "user": draw(people)}
        payload |= {"message": message, "channel": {"id": room, "name": "x"}, "message_ts": message["ts"]}
    return payload


@st.composite
def events(draw: st.DrawFn, stock: Stock) -> JSON:
    """An event of any kind the app hears of, and of one it does not."""
    kind = draw(st.sampled_from(_EVENTS))
    room = draw(st.sampled_from((ALERTS, "D0DIRECT1", *stock.rooms)))
    event: JSON = {"type": kind, "user": draw(people), "channel": room, "ts": draw(stamps), "event_ts": "1.1"}
    if kind.startswith("reaction"):
        item = {"type": "message", "channel": room, "ts": draw(stamps)}
        event |= {"reaction": draw(st.sampled_from(("pushpin", "pushpin", "fire"))), "item": item}
    elif kind in ("app_mention", "message"):
        bot = draw(st.sampled_from(("<@U0FIREBELL> ", "")))
        event |= {"text": bot + draw(lines()), "channel_type": draw(st.sampled_from(("im", "channel")))}
        event |= draw(st.sampled_from(({}, {}, {"thread_ts": "1.1"}, {"subtype": "message_changed"}, {"bot_id": "B1"})))
    elif kind == "user_change":
        profile = {"display_name": draw(texts), "real_name": "x"}
        event["user"] = {"id": draw(people), "deleted": draw(st.booleans()), "profile": profile, "tz": draw(texts)}
    elif kind == "app_home_opened":
        event["tab"] = draw(st.sampled_from(("home", "messages", None)))
    envelope = {"type": "event_callback", "event_id": f"Ev{draw(stamps)}", "team_id": "T0LARKSPUR", "event": event}
    return envelope | {"authorizations": [{"team_id": "T0LARKSPUR", "user_id": "U0FIREBELL", "is_bot": True}]}


_EVENTS: Final = (
    "app_mention",
    "message",
    "message",
    "reaction_added",
    "reaction_removed",
    "user_change",
    "app_home_opened",
    "member_joined_channel",
    "subteam_members_changed",
    "team_join",
    "channel_archive",
)


def _interaction(kind: str, user: str, trigger: str) -> JSON:
    return {
        "type": kind,
        "user": {"id": user, "team_id": "T0LARKSPUR"},
        "team": {"id": "T0LARKSPUR", "domain": "larkspur"},
        "trigger_id": trigger,
        "api_app_id": "A1",
    }


def interaction(kind: str, payload: JSON, **known: str) -> Knock:
    """An interaction as it goes over the wire."""
    return Knock(kind, urlencode({"payload": json.dumps(payload)}).encode(), **known)


def envelope(payload: JSON) -> Knock:
    """An event as it goes over the wire."""
    return Knock("event", json.dumps(payload).encode(), JSON_TYPE)


def odd_bytes() -> st.SearchStrategy[Knock]:
    """What is no payload at all, under either type."""
    bodies = st.one_of(
        st.binary(max_size=200),
        texts.map(lambda text: text.encode(errors="replace")),
        junk.map(lambda value: json.dumps(value).encode()),
        junk.map(lambda value: urlencode({"payload": json.dumps(value)}).encode()),
        st.sampled_from(
            (b"payload=", b"payload", b"[" * 5000, b'{"type":' * 500, b"ssl_check=1", b"command=%2Fincident")
        ),
    )
    kinds = st.sampled_from((FORM_TYPE, JSON_TYPE, "text/plain", "multipart/form-data", ""))
    return st.builds(lambda body, kind: Knock("bytes", body, kind), bodies, kinds)


def knocks(stock: Stock) -> st.SearchStrategy[Knock]:
    """Everything, most of it nearly right: that is what gets far."""

    @st.composite
    def one(draw: st.DrawFn) -> Knock:
        kind = draw(st.integers(0, 19))
        if kind < 7:
            return draw(commands(stock))
        if kind == 7:
            return draw(odd_bytes())
        wreck = draw(st.integers(0, 2)) == 0
        if kind < 12:
            payload, typed, form = draw(submissions(stock))
            if wreck:
                return interaction("mangled form", draw(mangled(payload)))
            return interaction("form", payload, typed=typed, form=form)
        if kind < 16:
            payload = draw(controls(stock))
            return interaction("control", draw(mangled(payload)) if wreck else payload)
        if kind == 16:
            payload = draw(shortcuts(stock))
            return interaction("shortcut", draw(mangled(payload)) if wreck else payload)
        payload = draw(events(stock))
        return envelope(draw(mangled(payload)) if wreck else payload)

    return one()


__all__ = ["GHOST", "Form", "Knock", "Stock", "interaction", "knocks"]
