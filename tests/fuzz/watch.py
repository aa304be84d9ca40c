"""What no message, form or answer may show, whatever was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sandbox.blockkit import validate_message, validate_view
from tests.fuzz.texts import GHOST

TOKEN: Final = re.compile(r"<[^<>]*>")
OURS: Final = re.compile(
    rf"<@(?!{GHOST}|U0EVIL)[UW][A-Z0-9]+>"
    r"|<#(?!C0GHOST99|C0EVIL)[CDG][A-Z0-9]*>"
    r"|<!date\^-?\d+\^(\{date_short_pretty\} )?\{time\}\|[^<>|]*>"
    r"|<https?://[^<>|\s]*(\|(?!safe|https://bank)[^<>|]*)?>"
)
INSIDES: Final = re.compile(
    r"Traceback \(most recent|\b[A-Z]\w+(?:Error|Exception)\b(?!\))|File \"/|sqlalchemy|aiosqlite"
)
"""Words that only a program's insides would say."""

FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]*(\.[a-z0-9]+){1,2}", re.IGNORECASE)
"""What a file may be called: nothing that leads anywhere."""

CONTENT_ERRORS: Final = frozenset(
    {
        "invalid_blocks",
        "invalid_arguments",
        "invalid_array_arg",
        "invalid_form_data",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "view_too_large",
        "invalid_name",
        "invalid_name_maxlength",
        "invalid_name_specials",
        "invalid_name_punctuation",
        "invalid_name_required",
        "too_long",
        "hash_conflict_too_long",
        "internal_error",
        "invalid_json",
        "metadata_too_large",
    }
)
"""What the local Slack says when the fault lies in what it was sent."""


def flaws_of_call(method: str, request: Mapping[str, Any], error: str | None) -> Iterator[str]:
    """Say what is wrong with a Web API call that the bot made."""
    # A Home of a stranger, and a form for which no trigger came, are no faults of what they hold.
    blameless = method == "views.publish" or (method in ("views.open", "views.push") and not request.get("trigger_id"))
    if error in CONTENT_ERRORS and not blameless:
        yield f"{method}: {error}"
    if "filename" in request and not FILE_NAME.fullmatch(str(request["filename"])):
        yield f"file name {request['filename']!r}"
    if "view" in request:
        yield from flaws_of_view(_parsed(request["view"]))
    elif method.startswith("chat."):
        yield from flaws_of_message(request.get("text"), _parsed(request.get("blocks")))


def flaws_of_message(text: Any, blocks: Any) -> Iterator[str]:
    """Say what is wrong with a message."""
    yield from (f"message: {problem}" for problem in validate_message(text, blocks))
    yield from _flaws_of_texts([*_mrkdwn(blocks), str(text or "")])


def flaws_of_view(view: Any) -> Iterator[str]:
    """Say what is wrong with a form or the Home."""
    yield from (f"view: {problem}" for problem in validate_view(view))
    yield from _flaws_of_texts(_mrkdwn(view))


def flaws_of_answer(body: str) -> Iterator[str]:
    """Say what is wrong with the body of an HTTP answer: a message, a form, or complaints beside inputs."""
    if INSIDES.search(body):
        yield f"insides shown: {INSIDES.search(body)}"
    answer = json.loads(body) if body.startswith("{") else {}
    if "view" in answer:
        yield from flaws_of_view(answer["view"])
    elif "text" in answer or "blocks" in answer:
        yield from flaws_of_message(answer.get("text"), answer.get("blocks"))
    for block, text in (answer.get("errors") or {}).items():
        if not block or not isinstance(text, str) or not text.strip():
            yield f"an error without words beside {block!r}"


def _flaws_of_texts(texts: list[str]) -> Iterator[str]:
    for text in texts:
        for token in TOKEN.findall(text):
            if not OURS.fullmatch(token):
                yield f"live token {token[:60]}"


def _mrkdwn(node: Any) -> list[str]:
    if isinstance(node, Mapping):
        own = [str(node.get("text"))] if node.get("type") == "mrkdwn" else []
        return own + [text for inner in node.values() for text in _mrkdwn(inner)]
    return [text for inner in node for text in _mrkdwn(inner)] if isinstance(node, list) else []


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value
