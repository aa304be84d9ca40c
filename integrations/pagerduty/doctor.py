"""What `firebell doctor` says about PagerDuty. It looks and changes nothing; each failure says how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from bot.http_errors import HttpError
from bot.ports import Check
from integrations.pagerduty.client import Client
from integrations.pagerduty.people import People
from integrations.pagerduty.settings import PagerDutySettings

_NAME: Final = "PagerDuty"


class Doctor:
    """Examines the connection. `services` are the ids that firebell.yaml names, each with where it names it."""

    def __init__(
        self, settings: PagerDutySettings, client: Client, people: People, services: Mapping[str, str]
    ) -> None:
        self._settings = settings
        self._client = client
        self._people = people
        self._services = services

    async def examine(self) -> Sequence[Check]:
        """Return one line per thing that must be well; without a token that works the rest cannot be told."""
        return (*(await self._api() if self._client.can_ask else ()), *self._events(), self._webhook())

    async def _api(self) -> Sequence[Check]:
        sender = self._settings.sender
        try:
            known = await self._people.id_of(sender)
        except HttpError as error:
            mend = "Check PAGERDUTY_TOKEN, and that PagerDuty can be reached from here (PAGERDUTY_API_URL)."
            return (Check(f"{_NAME} token", False, error.detail, mend),)
        mend = "Set pagerduty.from in firebell.yaml to the e-mail of one of PagerDuty's users."
        who = f"acts as {sender}" if known else f"there is no user {sender or '(none is set)'}"
        services = [await self._service(one, where) for one, where in self._services.items()]
        return (Check(f"{_NAME} token", True, "accepted"), Check(f"{_NAME} user", bool(known), who, mend), *services)

    async def _service(self, service: str, where: str) -> Check:
        name = f"{_NAME} {service}"
        try:
            answer = await self._client.rest("the look-up of a service", "GET", f"/services/{service}")
        except HttpError as error:
            return Check(name, False, error.detail, f"Set {where} to the id at the end of the service's address.")
        found = answer.get("service")
        row: Mapping[str, object] = found if isinstance(found, Mapping) else {}
        status = str(row.get("status") or "unknown")
        mend = "A disabled service pages nobody; enable it in PagerDuty."
        return Check(name, status != "disabled", f"{row.get('name') or row.get('summary')}: {status} ({where})", mend)

    def _events(self) -> Sequence[Check]:
        keys = self._settings.routing_keys
        if not keys:
            return ()
        # Only an event could try a key, and an event would page somebody.
        return (Check(f"{_NAME} routing keys", True, f"set for {', '.join(sorted(keys))}; not tried"),)

    def _webhook(self) -> Check:
        mend = "Set PAGERDUTY_WEBHOOK_SECRET; docs/pagerduty.md says where it comes from."
        if not self._settings.webhook_secrets:
            return Check(f"{_NAME} webhook", True, "not set up: what is done in PagerDuty is not shown here", mend)
        count = len(self._settings.webhook_secrets)
        return Check(f"{_NAME} webhook", True, f"{count} secret{'s' if count > 1 else ''} at /pagerduty/webhook")
