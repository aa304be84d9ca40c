"""The names of controls and forms, and what their values carry. Templates draw them and commands answer them.

A control's value names the incident and the seq it was drawn at, so that a double click is one request and a stale
control is recognised. Slack allows 2,000 characters in a button's value, 150 in an option's and 3,000 in a form's
private metadata.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.model import Incident

DO = "do"
"""In the value of a menu's choice: the `Action` it stands for."""
ROLE = "role"
RULE = "rule"
"""The key of a regulation."""
TRIGGER = "trigger"
USER = "user"
REPLACE = "replace"
"""`1` on a control that takes a role over from its holder."""
SEVERITY = "severity"
EFFECT = "effect"
UPDATE = "update"
SECTION = "section"
VERSION = "version"
ITEM = "item"
KIND = "kind"
WORD = "word"
TEXT = "text"
CHANNEL = "channel"
THREAD = "thread"
"""In a form that sends a line again: where the line was typed."""
HANDOFF = "handoff"
"""The number of a handoff."""
SUBSCRIPTION = "subscription"
"""The mark of a subscription."""
OPENED = "opened"
"""In a form about the impact: when it was drawn."""
TYPED = "typed"
"""In that form: the figures that a typed line brought along."""
PAGE = "page"
OTHER = "other"
"""The id of the incident beside the one that the form is about."""
PROPOSAL = "proposal"
"""The name of a proposal for who goes where: `muster.digest`."""
AFTER = "after"
"""In an update form: the number of the last update its author saw."""
SEEN = "seen"
"""In a form for the status page: a digest of the words of which a preview was shown."""
DETAIL = "detail"
"""Which timeline entries to show: `key` or `detail`."""


class Action(StrEnum):
    """Action ids of buttons, menus and inputs that answer by themselves."""

    TAKE_COMMAND = "take_command"
    TAKE_ROLE = "take_role"
    PICK_ROLE_HOLDER = "pick_role_holder"
    RELEASE_ROLE = "release_role"
    SHOW_DUTIES = "show_duties"
    TAKE_OFFERED = "take_offered"
    CONFIRM_PRESENCE = "confirm_presence"
    OPEN_HANDOFF = "open_handoff"
    ACCEPT_HANDOFF = "accept_handoff"
    DECLINE_HANDOFF = "decline_handoff"
    WITHDRAW_HANDOFF = "withdraw_handoff"
    OPEN_UPDATE = "open_update"
    NO_CHANGE = "no_change"
    POST_DRAFT = "post_draft"
    PREVIEW_UPDATE = "preview_update"
    SNOOZE = "snooze"
    OPEN_CORRECT = "open_correct"
    OPEN_RESOLVE = "open_resolve"
    OPEN_EDIT = "open_edit"
    OPEN_SEVERITY = "open_severity"
    CONFIRM_SEVERITY = "confirm_severity"
    PICK_SEVERITY = "pick_severity"
    OPEN_ROLES = "open_roles"
    OPEN_NOTE = "open_note"
    OPEN_IMPACT = "open_impact"
    OPEN_SAFETY = "open_safety"
    OPEN_OVERRIDE = "open_override"
    OPEN_DECLARE = "open_declare"
    OPEN_REASON = "open_reason"
    DECLARED_BY_MISTAKE = "declared_by_mistake"
    KEEP_ROOM = "keep_room"
    TAKE_OUT = "take_out"
    RETRY_EFFECT = "retry_effect"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    OPEN_SUBSCRIBE = "open_subscribe"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBE_ALL = "unsubscribe_all"
    SHOW_SUBSCRIPTIONS = "show_subscriptions"
    SHOW_TIMELINE = "show_timeline"
    SHOW_EARLIER = "show_earlier"
    SHOW_LATER = "show_later"
    SHOW_LEVEL = "show_level"
    SHOW_STATUS = "show_status"
    SHOW_ROOM = "show_room"
    SHOW_LIST = "show_list"
    SHOW_HELP = "show_help"
    SHOW_PRIORITIES = "show_priorities"
    RANKS_EARLIER = "ranks_earlier"
    RANKS_LATER = "ranks_later"
    SHOW_WHY = "show_why"
    ACCEPT_STAFFING = "accept_staffing"
    DRAW_METRICS = "draw_metrics"
    WRITE_POSTMORTEM = "write_postmortem"
    EDIT_SECTION = "edit_section"
    OPEN_ACTION_ITEM = "open_action_item"
    FINISH_ACTION_ITEM = "finish_action_item"
    ACKNOWLEDGE_PAGE = "acknowledge_page"
    END_PAGE = "end_page"
    OPEN_POST = "open_post"
    OPEN_POST_DRAFT = "open_post_draft"
    SHOW_REGULATORY = "show_regulatory"
    DUTY_APPLIES = "duty_applies"
    DUTY_DOES_NOT_APPLY = "duty_does_not_apply"
    DUTY_STARTED = "duty_started"
    DUTY_FILED = "duty_filed"
    DUTY_DRAFT = "duty_draft"
    MORE = "more"
    REOPEN_INPUT = "reopen_input"
    DECLARE_TITLE = "declare_title"
    OPEN_LINK = "open_link"


class Form(StrEnum):
    """Callback ids of modals."""

    DECLARE = "declare"
    UPDATE = "update"
    CORRECT = "correct"
    RESOLVE = "resolve"
    EDIT = "edit"
    SEVERITY = "severity"
    ROLES = "roles"
    HANDOFF = "handoff"
    NOTE = "note"
    IMPACT = "impact"
    OVERRIDE = "override"
    SECTION = "section"
    ACTION_ITEM = "action_item"
    REASON = "reason"
    MERGE = "merge"
    UNMERGE = "unmerge"
    DUTY_ASSESS = "duty_assess"
    DUTY_START = "duty_start"
    DUTY_FILE = "duty_file"
    SUBSCRIBE = "subscribe"
    PUBLISH = "publish"
    PICK_INCIDENT = "pick_incident"
    PICK_PERSON = "pick_person"
    LINE = "line"
    ANSWER = "answer"
    LOADING = "loading"
    ERROR = "error"


class Shortcut(StrEnum):
    """Callback ids of shortcuts in the app manifest."""

    DECLARE = "declare_incident"
    DECLARE_FROM_MESSAGE = "declare_from_message"
    ADD_TO_TIMELINE = "add_to_timeline"


@dataclass(frozen=True, slots=True)
class Value:
    """What a control or form carries: the incident ("" before there is one), its seq when drawn, and named strings."""

    incident: str = ""
    seq: int = 0
    extra: dict[str, str] = field(default_factory=dict)

    def pack(self) -> str:
        """Write the value as compact JSON."""
        return json.dumps({"i": self.incident, "s": self.seq, **self.extra}, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def unpack(cls, text: str) -> Value:
        """Read a value back; anything that is not ours becomes an empty value."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(data, dict):
            return cls()
        extra = {str(key): str(item) for key, item in data.items() if key not in ("i", "s")}
        seq = data.get("s", 0)
        return cls(str(data.get("i", "")), seq if isinstance(seq, int) else 0, extra)


def value_for(incident: Incident, **extra: str) -> Value:
    """The value of a control about this incident, as it now stands."""
    return Value(incident.id, incident.seq, extra)
