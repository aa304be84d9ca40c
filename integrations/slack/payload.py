"""From the body of a request to the payload in it, read once: what the door has looked at is what listeners get."""

from __future__ import annotations

import binascii
import json
import math
import re
from typing import Any, Final

from integrations.slack.frame import can_be_written, is_sound, is_whole

FIELDS_MOST: Final = 100
_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")


def payload_of(text: str, content_type: str) -> dict[str, Any] | None:
    """Return what Slack sends: a JSON object, or a form, whose `payload`, if any, is one. None for all else."""
    if content_type == "application/json":
        return _object(text)
    if content_type != "application/x-www-form-urlencoded":
        return None
    form = _form(text)
    if form is None:
        return None
    if "payload" in form:
        return _object(form["payload"])
    return form if is_sound(form) else None


def _object(text: str) -> dict[str, Any] | None:
    try:
        payload = _READER.decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict) or not is_whole(payload):
        return None
    # What came as UTF-8 is whole: half of a character can only come as an escape. The reader has seen to the numbers.
    escaped = r"\ud" in text or r"\uD" in text
    return payload if not escaped or can_be_written(payload) else None


def _finite(text: str) -> float:
    """Read a number; raises ValueError for one that no database could keep."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number


_READER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


def _form(text: str) -> dict[str, str] | None:
    """Read an encoded form; of two fields with one name the last counts. None for what is no form."""
    fields = text.split("&")
    if len(fields) > FIELDS_MOST or _BROKEN_ESCAPE.search(text) is not None:
        return None
    form = {}
    try:
        for field in fields:
            name, equals, value = field.partition("=")
            if not equals:
                return None
            form[_unquoted(name)] = _unquoted(value)
    except UnicodeDecodeError:
        return None
    return form


def _unquoted(text: str) -> str:
    """Undo the encoding of one name or value whose escapes are whole.

    Quoted-printable is the same encoding with another sign, and the library undoes it in C. `urllib.parse` takes a
    millisecond for a form's state, which is made of escapes: longer than anything else until the command is decided.
    """
    data = text.replace("+", " ").encode().replace(b"=", b"=3D").replace(b"%", b"=")
    return binascii.a2b_qp(data).decode()
