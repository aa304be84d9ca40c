"""Where customers are told, out of the environment's key and the file's block `status_page`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from bot.config.parts import Key, Part
from bot.domain.publishing import PublicService, StatusPagePolicy
from bot.errors import ConfigError

PATH = "/status"
"""Where our own page is served."""


class PublicServiceFile(Part):
    """A service that customers know: its name for them, and its id on the provider's page."""

    name: str = Field(default="", max_length=60)
    component: str = Field(default="", pattern=r"^[a-z0-9]{0,40}$")


class StatusPageFile(Part):
    """Atlassian Statuspage (`statuspage` is the page's id), Firebell's own page (`serve`, `folder`), or both."""

    title: str = Field(default="Service status", min_length=1, max_length=80)
    services: dict[Key, PublicServiceFile] = Field(default_factory=dict)
    severities: tuple[str, ...] = ()
    follow: Literal["ask", "never"] = "ask"
    statuspage: str = Field(default="", pattern=r"^[a-z0-9]{0,40}$")
    serve: bool = False
    folder: str = ""


def status_page_of(
    key: SecretStr | None, file: StatusPageFile, names: dict[str, str], public_url: str
) -> StatusPagePolicy | None:
    """Return the pages that there are, None without any; `names` are the catalog's.

    Raises:
        ConfigError: there is a key and no page, or a page and no key.
    """
    if key is not None and not file.statuspage:
        raise ConfigError(
            "STATUSPAGE_API_KEY is set, and no page: set `status_page.statuspage` in firebell.yaml to the page's id."
        )
    if file.statuspage and key is None:
        raise ConfigError(
            "`status_page.statuspage` names a page, and there is no key: set STATUSPAGE_API_KEY, or leave the page out."
        )
    if key is None and not (file.serve or file.folder):
        return None
    return StatusPagePolicy(
        services=tuple(PublicService(one, row.name or names.get(one, one)) for one, row in file.services.items()),
        severities=file.severities,
        hosted=key is not None,
        own=file.serve or bool(file.folder),
        asks=file.follow == "ask",
        url=f"{public_url.rstrip('/')}{PATH}" if file.serve and public_url else "",
    )
