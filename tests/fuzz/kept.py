"""What a person typed is in the log, or it is handed back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from commands.grammar import free_text, readable
from templates.mrkdwn import clean
from tests.fuzz.payloads import Knock

_SPACE = re.compile(r"\s+")
WRITES = ("declare", "update", "resolve", "note", "cancel", "close", "reopen")
"""Forms that mean nothing but to record what was typed in them."""


def flaws_of_keeping(knock: Knock, status: int, answer: str, *, recorded: int) -> Iterator[str]:
    """Say what was lost of an input that was accepted at the door; `recorded` is how many events it made."""
    if status != 200 or not knock.typed.strip():
        return
    if knock.kind == "command":
        if len(knock.typed.split()) < 2:
            return  # a word alone has no text that could be lost
        said = json.loads(answer) if answer.startswith("{") else {}
        shown = "".join(_strings(said))
        typed = _bare(free_text(readable(knock.typed)))
        if str(said.get("text", "")).startswith("Nothing changed") and not _holds(shown, typed):
            yield "a refused command was not handed back"
    elif (
        knock.kind == "form"
        and b"0VIEW0" in knock.body
        and knock.form.split()[0] in WRITES
        and not answer
        and not recorded
    ):
        yield f"the {knock.form.split()[0]} form closed and nothing was recorded"


def _holds(shown: str, typed: str) -> bool:
    return typed in _bare(shown) or typed in _bare(_unescaped(shown))


def _bare(text: str) -> str:
    """A text without what a message may fold or drop: white space and control characters."""
    return _SPACE.sub("", clean(text))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        own = node.get("text")
        if isinstance(own, str):
            yield own
        for key, inner in node.items():
            if key != "text" or not isinstance(inner, str):
                yield from _strings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _strings(inner)
