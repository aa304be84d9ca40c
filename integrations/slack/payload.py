"""From the body of a request to the payload in it, read once: what the door has looked at is what listeners get."""

from __future__ import annotations

import binascii
import json
import re
from typing import Any, Final

from integrations.slack.frame import is_sound

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
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) and is_sound(payload) else None


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
