"""One of every block and element, as an app might send them, and texts that try to be more than text."""

from __future__ import annotations

from typing import Any

from sandbox.blockkit.blocks import SURFACES

JSON = dict[str, Any]

MOMENT = 1_763_712_000  # 2025-11-21 08:00:00 UTC


def plain(text: str) -> JSON:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, description: str = "") -> JSON:
    described = {"description": plain(description)} if description else {}
    return {"text": plain(text), "value": value, **described}


def button(text: str, action_id: str, **more: Any) -> JSON:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": action_id, **more}


SIZES = [option("Small", "s", "For one"), option("Large", "l", "For many")]
CONFIRM = {
    "title": plain("Restart it?"),
    "text": mrkdwn("It takes *a minute*."),
    "confirm": plain("Restart"),
    "deny": plain("Leave it"),
    "style": "danger",
}

WORDS = (
    "*bold* _italic_ ~gone~ `code` <https://example.com/a?b=1&amp;c=2|a link> https://example.org, "
    "<@UANA> <#CONE> <!subteam^SOPS> <!here> :fire: :no_such_emoji: "
    f"<!date^{MOMENT}^{{date_num}} {{time}}|never shown> 2 &lt; 3 &amp;&amp; snake_case_stays\n"
    "&gt; quoted *strongly*\n• one\n• two\n1. first\n2. second\n```\nlet x = *not bold*;\n```"
)

# Each would do harm if any part of it were parsed as HTML or followed as an address.
HOSTILE = (
    "<script>window.hurt = 1</script>",
    "&lt;img src=x onerror=window.hurt=1&gt; <b>loud</b>",
    "<javascript:window.hurt=1|press me> <data:text/html,x|or me>",
    "`<svg onload=window.hurt=1>` *<iframe src=javascript:window.hurt=1>*",
    '"><a href="javascript:window.hurt=1">x</a> \u202eturned around <!channel|<img src=x>>',
    "*_~`*_~` <@> <#> <!> <|> <!date^x^y|z> <!date^99999999999999^{time}|z> ``` ```` &gt;&gt;&gt;",
)

TABLE = {
    "type": "table",
    "column_settings": [{}, {"align": "right"}],
    "rows": [
        [{"type": "raw_text", "text": "Service"}, {"type": "raw_text", "text": "p99"}],
        [{"type": "raw_text", "text": "checkout"}, {"type": "raw_text", "text": "812 ms"}],
    ],
}

RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Rich ", "style": {"bold": True}},
                {"type": "user", "user_id": "UANA"},
                {"type": "emoji", "name": "bell"},
                {"type": "link", "url": "https://example.com", "text": "there"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "an item"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a < b"}]},
    ],
}

ACTIONS = [
    button("Go", "go", style="primary"),
    button("Restart", "restart", style="danger", confirm=CONFIRM),
    button("Read more", "read", url="https://example.com/read"),
    {"type": "static_select", "action_id": "size", "placeholder": plain("Size"), "options": SIZES},
    {"type": "multi_static_select", "action_id": "sizes", "placeholder": plain("Sizes"), "options": SIZES},
    {"type": "external_select", "action_id": "city", "placeholder": plain("City"), "min_query_length": 1},
    {"type": "users_select", "action_id": "person", "placeholder": plain("Person")},
    {"type": "multi_users_select", "action_id": "people", "initial_users": ["UANA"]},
    {"type": "conversations_select", "action_id": "place", "initial_conversation": "CONE"},
    {"type": "channels_select", "action_id": "channel", "placeholder": plain("Channel")},
    {"type": "overflow", "action_id": "more", "options": [option("Note", "n"), option("Timeline", "t")]},
    {"type": "datepicker", "action_id": "day", "initial_date": "2025-11-21"},
    {"type": "timepicker", "action_id": "hour", "initial_time": "09:30"},
    {"type": "datetimepicker", "action_id": "moment", "initial_date_time": MOMENT},
]

BLOCKS: list[JSON] = [
    {"type": "header", "text": plain("A header :wave:")},
    {"type": "section", "text": mrkdwn(WORDS), "accessory": button("Beside", "beside")},
    {"type": "section", "fields": [mrkdwn("*One*\n1"), mrkdwn("*Two*\n2"), plain("Three <i>not</i>")]},
    {"type": "divider"},
    {"type": "context", "elements": [mrkdwn("small *words*"), plain("plain"), mrkdwn(":bell: bell")]},
    {"type": "actions", "elements": ACTIONS},
    {
        "type": "section",
        "text": plain("Ticks"),
        "accessory": {"type": "checkboxes", "action_id": "ticks", "options": SIZES, "initial_options": SIZES[:1]},
    },
    {
        "type": "section",
        "text": plain("Radios"),
        "accessory": {"type": "radio_buttons", "action_id": "r", "options": SIZES},
    },
    {"type": "image", "image_url": "/static/mark.svg", "alt_text": "the mark", "title": plain("A picture")},
    RICH,
    {
        "type": "markdown",
        "text": "# Title\n\n**bold** and *italic*\n\n- [x] done\n- open\n\n| a | b |\n|---|--:|\n| 1 | 2 |",
    },
    TABLE,
    {
        "type": "video",
        "alt_text": "a film",
        "title": plain("A film"),
        "video_url": "https://example.com/film",
        "thumbnail_url": "/static/mark.svg",
    },
    {"type": "file", "external_id": "F-outside", "source": "remote"},
    {"type": "alert", "text": mrkdwn("Take *care*"), "level": "warning"},
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good"), "value": "1"},
                "negative_button": {"text": plain("Bad"), "value": "0"},
            },
            {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Remove")},
        ],
    },
]


def field(block_id: str, kind: str, label: str, **more: Any) -> JSON:
    element = {key: value for key, value in more.items() if key not in ("optional", "hint", "dispatch_action")}
    block = {key: value for key, value in more.items() if key in ("optional", "dispatch_action")}
    hint = {"hint": plain(more["hint"])} if "hint" in more else {}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"type": kind, "action_id": "v", **element},
        **block,
        **hint,
    }


INPUTS: list[JSON] = [
    field("line", "plain_text_input", "A line", hint="A few words", max_length=40),
    field("lines", "plain_text_input", "Lines", multiline=True, optional=True),
    field("mail", "email_text_input", "Mail", optional=True),
    field("web", "url_text_input", "Address", optional=True),
    field("count", "number_input", "Count", is_decimal_allowed=False, min_value="1", max_value="9", optional=True),
    field("rich", "rich_text_input", "Rich", optional=True),
    field("file", "file_input", "Files", optional=True, max_files=2),
    field("one", "static_select", "One", options=SIZES, initial_option=SIZES[0]),
    field("many", "multi_static_select", "Many", options=SIZES, optional=True),
    field("who", "users_select", "Who", optional=True),
    field("ticks", "checkboxes", "Ticks", options=SIZES, optional=True),
    field("radio", "radio_buttons", "Radio", options=SIZES, optional=True),
    field("day", "datepicker", "Day", optional=True),
    field("hour", "timepicker", "Hour", optional=True),
    field("moment", "datetimepicker", "Moment", optional=True),
]

MODAL: JSON = {
    "type": "modal",
    "callback_id": "everything",
    "title": plain("Everything"),
    "submit": plain("Send"),
    "close": plain("Not now"),
    "blocks": [field("title", "plain_text_input", "Title", focus_on_load=True), *INPUTS],
}

DRAWN = {block["type"] for block in BLOCKS} | {"input"}
assert set(SURFACES) <= DRAWN, "every block the local Slack accepts is in the gallery"
