"""Blocks, and on which surface each may stand. Limits from docs.slack.dev/reference/block-kit/blocks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from sandbox.blockkit.elements import ACCESSORY, ACTIONS_ELEMENT, CONTEXT_ACTION, IMAGE, INPUT_ELEMENT
from sandbox.blockkit.objects import ID, SLACK_FILE, plain_text, text
from sandbox.blockkit.richtext import RICH_TEXT
from sandbox.blockkit.rules import (
    Check,
    Rule,
    anything,
    at_least_one,
    boolean,
    by_type,
    choice,
    exactly_one,
    listing,
    record,
    string,
    url,
)

Surface = Literal["message", "modal", "home"]

_EVERYWHERE: frozenset[Surface] = frozenset({"message", "modal", "home"})
_MESSAGE: frozenset[Surface] = frozenset({"message"})

SURFACES: Mapping[str, frozenset[Surface]] = MappingProxyType(
    {
        "actions": _EVERYWHERE,
        "alert": frozenset({"modal"}),
        "context": _EVERYWHERE,
        "context_actions": _MESSAGE,
        "divider": _EVERYWHERE,
        "file": _MESSAGE,
        "header": _EVERYWHERE,
        "image": _EVERYWHERE,
        "input": _EVERYWHERE,
        "markdown": _MESSAGE,
        "rich_text": _EVERYWHERE,
        "section": _EVERYWHERE,
        "table": frozenset({"message", "home"}),
        "video": _EVERYWHERE,
    }
)

# Blocks Slack has and the local page cannot draw: refusing them plainly beats showing nothing.
NOT_SERVED = (
    "auth_provider",
    "call",
    "card",
    "carousel",
    "container",
    "data_table",
    "data_visualization",
    "plan",
    "task_card",
)


def _block(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *checks: Check) -> Rule:
    return record(required, {"block_id": ID, **(optional or {})}, *checks)


_CONTEXT_ELEMENT = by_type(
    {
        "image": IMAGE,
        "plain_text": text(),
        "mrkdwn": text(),
    }
)
_CELL = by_type(
    {
        "raw_text": record({"text": string(3000, minimum=0)}),
        "raw_number": record({"value": anything}, {"text": string(3000)}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = record({}, {"align": choice("left", "center", "right"), "is_wrapped": boolean})

BLOCKS: Mapping[str, Rule] = MappingProxyType(
    {
        "actions": _block({"elements": listing(ACTIONS_ELEMENT, maximum=25)}),
        "alert": _block({"text": text(200)}, {"level": choice("default", "info", "warning", "error", "success")}),
        "context": _block({"elements": listing(_CONTEXT_ELEMENT, maximum=10)}),
        "context_actions": _block({"elements": listing(CONTEXT_ACTION, maximum=5)}),
        "divider": _block({}),
        "file": _block({"external_id": string(255), "source": choice("remote")}),
        "header": _block({"text": plain_text(150)}),
        "image": _block(
            {"alt_text": string(2000)},
            {"image_url": url(), "slack_file": SLACK_FILE, "title": plain_text(2000)},
            exactly_one("image_url", "slack_file"),
        ),
        "input": _block(
            {"label": plain_text(2000), "element": INPUT_ELEMENT},
            {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        ),
        "markdown": _block({"text": string(12_000)}),
        "rich_text": RICH_TEXT,
        "section": _block(
            {},
            {"text": text(3000), "fields": listing(text(2000), maximum=10), "accessory": ACCESSORY, "expand": boolean},
            at_least_one("text", "fields"),
        ),
        "table": _block(
            {"rows": listing(listing(_CELL, maximum=20), maximum=100)},
            {"column_settings": listing(_COLUMN, maximum=20)},
        ),
        "video": _block(
            {"alt_text": string(2000), "title": plain_text(200), "thumbnail_url": url(), "video_url": url()},
            {
                "author_name": string(50),
                "description": plain_text(200),
                "provider_icon_url": url(2000),
                "provider_name": string(50),
                "title_url": url(2000),
            },
        ),
    }
)


def block_on(surface: Surface) -> Rule:
    """Accept a block that may stand on ``surface``."""
    refused = {
        name: f"{name} is not allowed on this surface: {surface}" for name in BLOCKS if surface not in SURFACES[name]
    }
    refused |= {name: f"{name} is a block that the local Slack does not serve" for name in NOT_SERVED}
    return by_type(BLOCKS, elsewhere=refused)
