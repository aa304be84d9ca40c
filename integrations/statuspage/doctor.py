"""What `firebell doctor` says about Statuspage. It looks and changes nothing; each failure says how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.http_errors import HttpError
from bot.ports import Check
from integrations.statuspage.client import Client
from integrations.statuspage.settings import StatuspageSettings

_NAME: Final = "Statuspage"


class Doctor:
    """Examines the page and the components that firebell.yaml names."""

    def __init__(self, settings: StatuspageSettings, client: Client) -> None:
        self._settings = settings
        self._client = client

    async def examine(self) -> Sequence[Check]:
        """Return a line for the page and one for each component; without the page the rest cannot be told."""
        try:
            page = await self._client.ask("the look-up of the page", "GET", "")
            listed = await self._client.ask(
                "the look-up of components", "GET", "/components", params={"per_page": 100, "page": 1}
            )
        except HttpError as error:
            mend = "Check STATUSPAGE_API_KEY, `status_page.statuspage`, and that Statuspage can be reached from here."
            return (Check(_NAME, False, error.detail, mend),)
        title = page.get("name") if isinstance(page, Mapping) else None
        found = {str(one.get("id")): one for one in listed if isinstance(one, Mapping)}
        components = [self._component(key, wanted, found) for key, wanted in self._settings.components.items()]
        return (Check(_NAME, True, f"{title or self._settings.page}: {len(found)} components"), *components)

    def _component(self, key: str, wanted: str, found: Mapping[str, Mapping[str, Any]]) -> Check:
        where = f"status_page.services.{key}.component"
        row = found.get(wanted)
        if row is None:
            mend = f"Set {where} to the id that the component's address ends with."
            return Check(f"{_NAME} {key}", False, f"the page has no component {wanted}", mend)
        if row.get("group"):
            mend = f"Name one of the group's components in {where}; a group takes no state of its own."
            return Check(f"{_NAME} {key}", False, f"{row.get('name')} is a group", mend)
        return Check(f"{_NAME} {key}", True, f"{row.get('name')} ({where})")
