"""Arguments of a Web API call, however they came: query, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from sandbox.errors import SlackError
from sandbox.state import micros


class Arguments:
    """Typed readers over loosely typed values; a wrong value raises SlackError."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {key: value for key, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def values(self) -> dict[str, Any]:
        """The values as they came, for the traffic log."""
        return dict(self._values)

    def text(self, name: str, default: str = "") -> str:
        """Return a text argument; numbers are read as text too."""
        value = self._values.get(name, default)
        if isinstance(value, dict | list):
            raise _invalid(name, "must be a string")
        return str(value)

    def required(self, name: str) -> str:
        """Return a text argument that must be there and not be empty."""
        value = self.text(name)
        if not value:
            raise SlackError("invalid_arguments", [f"missing required field: {name}"])
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a boolean: true, 1, "true", "1", "yes" or their opposites."""
        value = self._values.get(name, default)
        if isinstance(value, bool):
            return value
        return str(value).strip().lower() in ("1", "true", "yes", "on")

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a whole number."""
        value = self._values.get(name, default)
        if value is None:
            raise SlackError("invalid_arguments", [f"missing required field: {name}"])
        try:
            return int(float(value))
        except (TypeError, ValueError):
            raise _invalid(name, "must be an integer") from None

    def timestamp(self, name: str, error: str = "invalid_arguments") -> str:
        """Return a ts such as ``1716192345.000200``, or "" if absent."""
        value = self.text(name)
        if value:
            try:
                micros(value)
            except ValueError:
                raise SlackError(error, [f"{name} must be a timestamp"]) from None
        return value

    def ids(self, name: str) -> list[str]:
        """Return a list of ids given as a list or separated by commas, doubles removed."""
        value = self.decoded(name, [])
        items = value if isinstance(value, list) else str(value).split(",")
        return list(dict.fromkeys(str(item).strip() for item in items if str(item).strip()))

    def decoded(self, name: str, default: Any = None) -> Any:
        """Return a value that may be JSON in a string; text that is no JSON stays text."""
        value = self._values.get(name, default)
        if isinstance(value, str) and value[:1] in "[{":
            try:
                return json.loads(value)
            except json.JSONDecodeError:
                return value
        return value


async def read_arguments(request: web.Request) -> Arguments:
    """Read the arguments of a call from wherever the client put them; the body wins over the query."""
    values: dict[str, Any] = dict(request.query)
    if request.method != "POST" or not request.can_read_body:
        return Arguments(values)
    kind = request.content_type
    if kind == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise SlackError("invalid_arguments", ["the body is not JSON"]) from None
        if not isinstance(body, dict):
            raise SlackError("invalid_arguments", ["the body is not a JSON object"])
        values |= body
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        try:
            form = await request.post()
        except ValueError:
            raise SlackError("invalid_form_data") from None
        values |= {key: value for key, value in form.items() if isinstance(value, str)}
    elif await request.read():
        raise SlackError("invalid_post_type", [f"unsupported content type {kind}"])
    return Arguments(values)


def _invalid(name: str, what: str) -> SlackError:
    return SlackError("invalid_arguments", [f"{name} {what}"])
