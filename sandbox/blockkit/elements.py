"""Interactive elements and images. Limits from docs.slack.dev/reference/block-kit/block-elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.blockkit.objects import (
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    FREE_STRING,
    ID,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    PLACEHOLDER,
    RICH_OPTION,
    SLACK_FILE,
    WORKFLOW,
    plain_text,
)
from sandbox.blockkit.richtext import RICH_TEXT
from sandbox.blockkit.rules import (
    Rule,
    Spot,
    boolean,
    by_type,
    choice,
    exactly_one,
    listing,
    number,
    record,
    string,
    url,
)

_ACTION: dict[str, Rule] = {"action_id": ID}
_CONFIRMED: dict[str, Rule] = {**_ACTION, "confirm": CONFIRM}
_FOCUSED: dict[str, Rule] = {**_CONFIRMED, "focus_on_load": boolean}
_MENU: dict[str, Rule] = {**_FOCUSED, "placeholder": PLACEHOLDER}
_MULTI: dict[str, Rule] = {**_MENU, "max_selected_items": number(1)}
_TYPED: dict[str, Rule] = {
    **_ACTION,
    "focus_on_load": boolean,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH,
}
_ID_LIST = listing(string(255))
_DECIMAL = string(40, pattern=r"-?\d+(\.\d+)?$", wanted="a number written as text")


def _initial_among_options(spot: Spot, value: Mapping[str, Any]) -> None:
    """Slack wants a preselected option to be, in every field, one of those on offer."""
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered.extend(group.get("options") or [] if isinstance(group, Mapping) else [])
    chosen = value.get("initial_options", [])
    chosen = chosen if isinstance(chosen, list) else []
    if "initial_option" in value:
        chosen = [*chosen, value["initial_option"]]
    if any(option not in offered for option in chosen):
        spot.report("not_an_option", "every initial option must match one of the options exactly")


def _lengths_in_order(spot: Spot, value: Mapping[str, Any]) -> None:
    low, high = value.get("min_length"), value.get("max_length")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        spot.report("out_of_range", "min_length must not be above max_length")


_SOURCES = exactly_one("options", "option_groups")
_STATIC: dict[str, Rule] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_CONVERSATIONS: dict[str, Rule] = {"default_to_current_conversation": boolean, "filter": CONVERSATION_FILTER}

IMAGE = record(
    {"alt_text": string(2000)}, {"image_url": url(), "slack_file": SLACK_FILE}, exactly_one("image_url", "slack_file")
)

_BUTTON = record(
    {"text": plain_text(75)},
    {
        **_CONFIRMED,
        "url": url(),
        "value": string(2000, minimum=0),
        "style": choice("primary", "danger"),
        "accessibility_label": string(75),
        "visible_to_user_ids": listing(string(255), maximum=10),
        "agent_prompt": string(4000),
        "agent_prompt_display": string(4000),
    },
)
_WORKFLOW_BUTTON = record(
    {"text": plain_text(75), "workflow": WORKFLOW},
    {**_ACTION, "style": choice("primary", "danger"), "accessibility_label": string(75)},
)
_OVERFLOW = record({"options": listing(OVERFLOW_OPTION, maximum=5)}, _CONFIRMED)
_TICKS = listing(RICH_OPTION, maximum=10)

_CHOOSERS: dict[str, Rule] = {
    "checkboxes": record(
        {"options": _TICKS}, {**_FOCUSED, "initial_options": listing(RICH_OPTION)}, _initial_among_options
    ),
    "radio_buttons": record({"options": _TICKS}, {**_FOCUSED, "initial_option": RICH_OPTION}, _initial_among_options),
    "datepicker": record(
        {}, {**_MENU, "initial_date": string(10, pattern=r"\d{4}-\d{2}-\d{2}$", wanted="a date like 2026-11-21")}
    ),
    "timepicker": record(
        {},
        {
            **_MENU,
            "initial_time": string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d$", wanted="a time like 09:30"),
            "timezone": string(100),
        },
    ),
    "static_select": record({}, {**_MENU, **_STATIC, "initial_option": OPTION}, _SOURCES, _initial_among_options),
    "external_select": record({}, {**_MENU, "initial_option": OPTION, "min_query_length": number(0)}),
    "users_select": record({}, {**_MENU, "initial_user": string(255)}),
    "conversations_select": record(
        {}, {**_MENU, **_CONVERSATIONS, "initial_conversation": string(255), "response_url_enabled": boolean}
    ),
    "channels_select": record({}, {**_MENU, "initial_channel": string(255), "response_url_enabled": boolean}),
    "multi_static_select": record(
        {}, {**_MULTI, **_STATIC, "initial_options": listing(OPTION)}, _SOURCES, _initial_among_options
    ),
    "multi_external_select": record({}, {**_MULTI, "initial_options": listing(OPTION), "min_query_length": number(0)}),
    "multi_users_select": record({}, {**_MULTI, "initial_users": _ID_LIST}),
    "multi_conversations_select": record({}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _ID_LIST}),
    "multi_channels_select": record({}, {**_MULTI, "initial_channels": _ID_LIST}),
}

# Ten digits: seconds, as Slack documents initial_date_time.
_DATETIME = record({}, {**_FOCUSED, "initial_date_time": number(1_000_000_000, 9_999_999_999)})

_FIELDS: dict[str, Rule] = {
    "plain_text_input": record(
        {},
        {
            **_TYPED,
            "initial_value": FREE_STRING,
            "multiline": boolean,
            "min_length": number(0, 3000),
            "max_length": number(1, 3000),
        },
        _lengths_in_order,
    ),
    "email_text_input": record({}, {**_TYPED, "initial_value": FREE_STRING}),
    "url_text_input": record({}, {**_TYPED, "initial_value": FREE_STRING}),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": _DECIMAL, "min_value": _DECIMAL, "max_value": _DECIMAL},
    ),
    "rich_text_input": record(
        {},
        {
            **_TYPED,
            "initial_value": by_type({"rich_text": RICH_TEXT}),
            "min_lines": number(1, 100),
            "max_lines": number(1, 100),
        },
    ),
    "file_input": record({}, {**_ACTION, "filetypes": listing(string(50)), "max_files": number(1, 10)}),
}

_FEEDBACK = record({"text": plain_text(75), "value": string(2000)}, {"accessibility_label": string(75)})

ACCESSORY = by_type(
    {"button": _BUTTON, "workflow_button": _WORKFLOW_BUTTON, "overflow": _OVERFLOW, "image": IMAGE, **_CHOOSERS}
)
ACTIONS_ELEMENT = by_type(
    {
        "button": _BUTTON,
        "workflow_button": _WORKFLOW_BUTTON,
        "overflow": _OVERFLOW,
        "datetimepicker": _DATETIME,
        **_CHOOSERS,
    }
)
INPUT_ELEMENT = by_type({"datetimepicker": _DATETIME, **_CHOOSERS, **_FIELDS})
CONTEXT_ACTION = by_type(
    {
        "feedback_buttons": record({"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, _ACTION),
        "icon_button": record(
            {"icon": choice("trash"), "text": plain_text()},
            {
                **_CONFIRMED,
                "value": string(2000, minimum=0),
                "accessibility_label": string(75),
                "visible_to_user_ids": listing(string(255), maximum=10),
            },
        ),
    }
)
