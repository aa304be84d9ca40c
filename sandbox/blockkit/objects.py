"""Composition objects: text, confirmation dialogs, options, filters. Limits from docs.slack.dev/reference/block-kit."""

from __future__ import annotations

from sandbox.blockkit.rules import Rule, anything, boolean, by_type, choice, exactly_one, listing, record, string, url

ID = string(255)
FREE_STRING = string(3000, minimum=0)


def plain_text(maximum: int = 3000) -> Rule:
    """Accept a plain_text object; ``emoji`` belongs to plain text alone."""
    return by_type(
        {"plain_text": record({"text": string(maximum)}, {"emoji": boolean})},
        elsewhere={"mrkdwn": "only plain_text is allowed here"},
    )


def text(maximum: int = 3000) -> Rule:
    """Accept a plain_text or a mrkdwn object."""
    return by_type(
        {
            "plain_text": record({"text": string(maximum)}, {"emoji": boolean}),
            "mrkdwn": record({"text": string(maximum)}, {"verbatim": boolean}),
        }
    )


PLACEHOLDER = plain_text(150)

CONFIRM = record(
    {"title": plain_text(100), "text": text(300), "confirm": plain_text(30), "deny": plain_text(30)},
    {"style": choice("primary", "danger")},
)

# An option's value is far shorter than a button's: 150 against 2,000 characters.
_OPTION = {"text": plain_text(75), "value": string(150)}
OPTION = record(_OPTION, {"description": plain_text(75)})
OVERFLOW_OPTION = record(_OPTION, {"description": plain_text(75), "url": url()})
RICH_OPTION = record({"text": text(75), "value": string(150)}, {"description": text(75)})

OPTIONS = listing(OPTION, maximum=100)
OPTION_GROUPS = listing(record({"label": plain_text(75), "options": OPTIONS}), maximum=100)

DISPATCH = record(
    {"trigger_actions_on": listing(choice("on_enter_pressed", "on_character_entered"), maximum=2)},
)

CONVERSATION_FILTER = record(
    {},
    {
        "include": listing(choice("im", "mpim", "private", "public")),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)

SLACK_FILE = record({}, {"id": string(255), "url": url()}, exactly_one("id", "url"))

WORKFLOW = record({"trigger": record({"url": url()}, {"customizable_input_parameters": anything})})
