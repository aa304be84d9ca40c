"""Reading a submitted form. Its state comes from outside: what is missing or odd is a field error, never a crash."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from templates.actions import Value

NO_TIME: Final = "That is no time."


class FormError(Exception):
    """What is wrong, by block id; the chat system shows each text beside its input."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__("; ".join(f"{block}: {text}" for block, text in self.errors.items()))


class Reader:
    """Reads inputs by block id and gathers complaints; `finish` raises `FormError` if there were any."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self._values = _mapping(_mapping(_mapping(view).get("state")).get("values"))
        self._drawn = _elements(view)
        self.value = value_of(view)
        self.errors: dict[str, str] = {}

    def text(self, block: str, *, need: str = "") -> str:
        """The text without surrounding space; `need` is the complaint when it is empty."""
        text = self.raw(block).strip()
        if need and not text:
            self.errors[block] = need
        return text

    def raw(self, block: str) -> str:
        """The text exactly as it was typed."""
        found = self._entry(block).get("value")
        return found if isinstance(found, str) else ""

    def text_shown(self, block: str) -> str:
        """The text an input was drawn with, without surrounding space."""
        found = self._drawn.get(block, {}).get("initial_value")
        return found.strip() if isinstance(found, str) else ""

    def choice(self, block: str, *, need: str = "") -> str:
        """The chosen option's value; "" when none is chosen."""
        chosen = _option(self._entry(block).get("selected_option"))
        if need and not chosen:
            self.errors[block] = need
        return chosen

    def choices(self, block: str) -> tuple[str, ...]:
        found = self._entry(block).get("selected_options")
        return tuple(filter(None, map(_option, found))) if isinstance(found, list) else ()

    def ticked(self, block: str) -> bool:
        return bool(self.choices(block))

    def users(self, block: str) -> tuple[str, ...]:
        """The people chosen in a picker for one or for many."""
        entry = self._entry(block)
        found = entry.get("selected_users")
        if isinstance(found, list):
            return tuple(user for user in found if isinstance(user, str) and user)
        user = entry.get("selected_user")
        return (user,) if isinstance(user, str) and user else ()

    def users_shown(self, block: str) -> tuple[str, ...] | None:
        """The people a picker was drawn with; None when the form does not say."""
        element = self._drawn.get(block)
        if element is None:
            return None
        one = element.get("initial_user")
        found = [one] if one else element.get("initial_users")
        return tuple(user for user in found if isinstance(user, str)) if isinstance(found, list) else ()

    def time(self, block: str) -> datetime | None:
        """The chosen moment in UTC."""
        found = self._entry(block).get("selected_date_time")
        if found is None:
            return None
        try:
            return datetime.fromtimestamp(int(found), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            self.errors[block] = NO_TIME
            return None

    def day(self, block: str) -> str:
        """The chosen day as an ISO date; "" when none is chosen."""
        found = self._entry(block).get("selected_date")
        if not isinstance(found, str) or not found:
            return ""
        try:
            return date.fromisoformat(found).isoformat()
        except ValueError:
            self.errors[block] = "That is no date."
            return ""

    def blocks(self) -> tuple[str, ...]:
        """The block ids that the state speaks of."""
        return tuple(block for block in self._values if isinstance(block, str))

    def number(self, name: str) -> int | None:
        """A number that the form carries."""
        text = self.value.extra.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def finish(self) -> None:
        if self.errors:
            raise FormError(self.errors)

    def _entry(self, block: str) -> Mapping[str, Any]:
        """The state of a block's only input, whatever its action id is."""
        inputs = _mapping(self._values.get(block))
        return _mapping(next(iter(inputs.values()), None))


def value_of(view: Mapping[str, Any]) -> Value:
    """What a form carries in its private metadata; empty when that is not ours."""
    packed = _mapping(view).get("private_metadata")
    return Value.unpack(packed) if isinstance(packed, str) else Value()


def _elements(view: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The inputs that a form was drawn with, by block id."""
    drawn = _mapping(view).get("blocks")
    blocks = [_mapping(block) for block in drawn] if isinstance(drawn, list) else []
    return {
        block["block_id"]: block["element"]
        for block in blocks
        if isinstance(block.get("block_id"), str) and isinstance(block.get("element"), Mapping)
    }


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _option(found: object) -> str:
    value = _mapping(found).get("value")
    return value if isinstance(value, str) else ""
