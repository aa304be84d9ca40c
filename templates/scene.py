"""What every notice is written from: the incident as it stands, the rules, the links, and now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.priority import Standing
from templates.actions import Value, value_for
from templates.message import Links
from templates.mrkdwn import Mrkdwn, channel, near
from templates.words import name_of, push, severity_word


@dataclass(frozen=True, slots=True)
class Scene:
    """Short ways to the words that most notices need."""

    incident: Incident
    policy: Policy
    links: Links
    now: datetime
    standing: Standing | None = None
    """Where the incident now stands, for what tells of it."""

    @property
    def name(self) -> Mrkdwn:
        return name_of(self.incident)

    @property
    def value(self) -> Value:
        return value_for(self.incident)

    @property
    def room(self) -> Mrkdwn:
        """The incident channel, or what to call it before there is one."""
        room = self.incident.room
        return channel(room.channel) if room else Mrkdwn("the incident channel")

    @property
    def due(self) -> Mrkdwn | None:
        due = self.incident.clock.due_at
        return self.at(due) if due and self.incident.is_open else None

    def at(self, moment: datetime) -> Mrkdwn:
        return near(moment, self.now)

    def severity(self, key: str) -> str:
        return severity_word(key, self.policy)

    def push(self, ask: str) -> Mrkdwn:
        """The phone's text; `ask` is safe text."""
        return push(self.incident, self.policy, ask)
