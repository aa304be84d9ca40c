"""Small builders of Block Kit, each valid as it stands; tests spoil one thing at a time."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]


def plain(text: str = "x") -> JSON:
    return {"type": "plain_text", "text": text}


def words(count: int) -> JSON:
    return plain("x" * count)


def mrkdwn(text: str = "x") -> JSON:
    return {"type": "mrkdwn", "text": text}


def option(number: int = 0, **changes: Any) -> JSON:
    return {"text": plain(), "value": f"v{number}", **changes}


def options(count: int) -> list[JSON]:
    return [option(number) for number in range(count)]


def button(**changes: Any) -> JSON:
    return {"type": "button", "text": plain(), **changes}


def actions(*elements: JSON) -> JSON:
    return {"type": "actions", "elements": list(elements)}


def section(**changes: Any) -> JSON:
    return {"type": "section", "text": mrkdwn(), **changes}


def entry(element: JSON, **changes: Any) -> JSON:
    return {"type": "input", "label": plain(), "element": element, **changes}


def modal(*blocks: JSON, **changes: Any) -> JSON:
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks), **changes}


def home(*blocks: JSON) -> JSON:
    return {"type": "home", "blocks": list(blocks)}


def confirm(**changes: Any) -> JSON:
    return {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **changes}


def select(**changes: Any) -> JSON:
    return {"type": "static_select", "options": options(1), **changes}


def text_input(**changes: Any) -> JSON:
    return {"type": "plain_text_input", **changes}


def image(**changes: Any) -> JSON:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **changes}


def web(length: int) -> str:
    return "https://e.io/".ljust(length, "x")


def cells(rows: int, columns: int) -> list[list[JSON]]:
    return [[{"type": "raw_text", "text": "x"} for _ in range(columns)] for _ in range(rows)]


def video(**changes: Any) -> JSON:
    link = "https://example.com/v"
    return {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": link,
        "video_url": link,
        **changes,
    }


def rich(*parts: JSON) -> JSON:
    return {"type": "rich_text", "elements": list(parts)}


def rich_list(**changes: Any) -> JSON:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    return rich({"type": "rich_text_list", "style": "bullet", "elements": [line], **changes})


def icon_button(**changes: Any) -> JSON:
    element = {"type": "icon_button", "icon": "trash", "text": plain(), **changes}
    return {"type": "context_actions", "elements": [element]}


def feedback(**changes: Any) -> JSON:
    one = {"text": plain(), "value": "v"}
    element = {"type": "feedback_buttons", "positive_button": {**one, **changes}, "negative_button": one}
    return {"type": "context_actions", "elements": [element]}
