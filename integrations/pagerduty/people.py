"""Who is who: PagerDuty's users and the chat's people are the same when their e-mail is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.domain.paging import OnCall, Target, TargetKind
from bot.errors import Reason
from bot.http_errors import HttpError
from bot.ports import Emails
from integrations.pagerduty.client import Client

_PAGE: Final = 100
"""Rows of one answer; that many people are on call for one escalation policy nowhere."""


class People:
    """Looks people up in PagerDuty, and the same people in the chat."""

    def __init__(self, client: Client, emails: Emails) -> None:
        self._client = client
        self._emails = emails
        self._ids: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    async def id_of(self, email: str) -> str:
        """Return the id of PagerDuty's user with this e-mail; "" when there is none."""
        key = email.casefold()
        if key not in self._ids:
            answer = await self._client.rest(
                "the look-up of a user", "GET", "/users", params={"query": email, "limit": _PAGE}
            )
            # The query also matches parts of names.
            for row in _rows(answer, "users"):
                if str(row.get("email", "")).casefold() == key:
                    self._ids[key] = str(row["id"])
        return self._ids.get(key, "")

    async def acting(self, user: str) -> str:
        """Return the e-mail under which somebody of the chat acts in PagerDuty; "" when they are unknown there."""
        email = await self._emails.email(user)
        return email if email and await self.id_of(email) else ""

    async def ids_of(self, users: Sequence[str]) -> Mapping[str, str]:
        """Return PagerDuty's ids of those people of the chat whom it knows, in their order."""
        emails = {user: await self._emails.email(user) for user in users}
        found = {user: await self.id_of(email) for user, email in emails.items() if email}
        return {user: known for user, known in found.items() if known}

    async def on_call(self, target: Target) -> tuple[OnCall, ...]:
        """Return who is on call now, in the order in which they would be asked; each person once.

        Raises:
            HttpError: PagerDuty did not say, or knows no such service or policy.
        """
        policy = target.id if target.kind is TargetKind.POLICY else await self._policy_of(target.id)
        answer = await self._client.rest(
            "the look-up of who is on call",
            "GET",
            "/oncalls",
            params={"escalation_policy_ids[]": [policy], "include[]": ["users"], "limit": _PAGE},
        )
        rows = sorted(_rows(answer, "oncalls"), key=lambda row: int(row.get("escalation_level") or 1))
        first: dict[str, OnCall] = {}
        for row in rows:
            user = row.get("user") or {}
            if user.get("id") and user["id"] not in first:
                first[user["id"]] = await self._known(user, int(row.get("escalation_level") or 1))
        return tuple(first.values())

    async def assigned(self, incident: Mapping[str, Any]) -> tuple[OnCall, ...]:
        """Return whom PagerDuty's incident is assigned to, as far as it says."""
        assignees = [row.get("assignee") or {} for row in incident.get("assignments") or ()]
        return tuple([await self._known(user, 1) for user in assignees if user.get("id")])

    async def _known(self, user: Mapping[str, Any], level: int) -> OnCall:
        """Find somebody in the chat. A reference carries no e-mail, which is then asked for once."""
        who = str(user["id"])
        email = str(user.get("email") or self._addresses.get(who) or await self._address(who))
        self._addresses[who] = email
        name = str(user.get("summary") or user.get("name") or who)
        return OnCall(who, name, await self._emails.user(email) if email else "", level)

    async def _address(self, who: str) -> str:
        answer = await self._client.rest("the look-up of a user", "GET", f"/users/{who}")
        return str((answer.get("user") or {}).get("email") or "")

    async def _policy_of(self, service: str) -> str:
        answer = await self._client.rest("the look-up of a service", "GET", f"/services/{service}")
        policy = (answer.get("service") or {}).get("escalation_policy") or {}
        if not policy.get("id"):
            raise HttpError(Reason.CLIENT, f"PagerDuty's service {service} has no escalation policy.")
        return str(policy["id"])


def _rows(answer: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
