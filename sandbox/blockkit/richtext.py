"""Rich text: what people write in Slack's own composer, as blocks."""

from __future__ import annotations

from sandbox.blockkit.rules import Rule, anything, boolean, by_type, choice, listing, number, record, string, url

_MARKS = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE = record({}, dict.fromkeys(_MARKS, boolean))
_STYLED: dict[str, Rule] = {"style": _STYLE}
_WORDS = string(12_000, minimum=0)

_INLINE = by_type(
    {
        "text": record({"text": string(12_000)}, _STYLED),
        "link": record({"url": string(3000)}, {"text": _WORDS, "unsafe": boolean, **_STYLED}),
        "emoji": record({"name": string(100)}, {"unicode": string(100), "skin_tone": number(1, 6), **_STYLED}),
        "user": record({"user_id": string(255)}, _STYLED),
        "usergroup": record({"usergroup_id": string(255)}, _STYLED),
        "channel": record({"channel_id": string(255)}, _STYLED),
        "team": record({"team_id": string(255)}, _STYLED),
        "date": record({"timestamp": anything, "format": string(255)}, {"url": url(), "fallback": _WORDS, **_STYLED}),
        "broadcast": record({"range": choice("here", "channel", "everyone")}, _STYLED),
        "color": record({"value": string(9)}, _STYLED),
    }
)
_LINE = listing(_INLINE, minimum=0)
_BORDER = number(0, 1)

_SECTION = record({"elements": _LINE})
_PART = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": record(
            {"style": choice("bullet", "ordered"), "elements": listing(by_type({"rich_text_section": _SECTION}))},
            {"indent": number(0, 8), "offset": number(0), "border": _BORDER},
        ),
        "rich_text_preformatted": record({"elements": _LINE}, {"border": _BORDER, "language": string(255)}),
        "rich_text_quote": record({"elements": _LINE}, {"border": _BORDER}),
    }
)

RICH_TEXT = record({"elements": listing(_PART)}, {"block_id": string(255)})
