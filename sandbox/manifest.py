"""The app as its manifest describes it: scopes, commands, shortcuts, events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command; ``should_escape`` turns mentions into ids before the app sees them."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global or message shortcut."""

    name: str
    callback_id: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class App:
    """What the manifest says about the app; ``scopes`` are the bot's own."""

    name: str
    bot_name: str
    description: str
    scopes: frozenset[str]
    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> App:
        """Read a Slack app manifest (version 1 or 2; absent parts mean none)."""
        display = manifest.get("display_information", {})
        features = manifest.get("features", {})
        home = features.get("app_home", {})
        events = manifest.get("settings", {}).get("event_subscriptions", {}).get("bot_events", [])
        name = display.get("name", "App")
        return cls(
            name=name,
            bot_name=features.get("bot_user", {}).get("display_name", name),
            description=display.get("description", ""),
            scopes=frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            commands=tuple(_command(row) for row in features.get("slash_commands", [])),
            shortcuts=tuple(_shortcut(row) for row in features.get("shortcuts", [])),
            events=frozenset(events),
            home_tab=bool(home.get("home_tab_enabled", False)),
            messages_tab=bool(home.get("messages_tab_enabled", False)),
        )

    def command(self, word: str) -> Command | None:
        """Return the slash command of this name, if the app has it."""
        return next((command for command in self.commands if command.command == word), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Return the shortcut with this callback id, if the app has it."""
        return next((short for short in self.shortcuts if short.callback_id == callback_id), None)


def load_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest file (JSON); raises ValueError with a sentence if it is none."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} is not a readable manifest: {error}") from error
    if not isinstance(manifest, dict):
        raise ValueError(f"{path} is not a manifest: it holds no JSON object")
    return manifest


def _command(row: Mapping[str, Any]) -> Command:
    return Command(
        command=row["command"],
        description=row.get("description", ""),
        usage_hint=row.get("usage_hint", ""),
        should_escape=bool(row.get("should_escape", False)),
    )


def _shortcut(row: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=row["name"],
        callback_id=row["callback_id"],
        type=row["type"],
        description=row.get("description", ""),
    )
