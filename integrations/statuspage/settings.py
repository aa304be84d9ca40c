"""What the Statuspage integration must be told."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config import Settings

API: Final = "https://api.statuspage.io/v1"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class StatuspageSettings(BaseModel):
    """`page` is the page's id, `components` the ids of its components by our services' keys.

    `call_seconds` limits each step of one call, `attempt_seconds` all calls of one effect.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    key: SecretStr
    page: str
    components: Mapping[str, str] = Field(default_factory=lambda: MappingProxyType({}))
    api_url: str = API
    call_seconds: float = Field(default=6.0, gt=0)
    attempt_seconds: float = Field(default=15.0, gt=0)

    @property
    def is_local(self) -> bool:
        """Whether the API is one on this machine, which no proxy may stand before."""
        return urlsplit(self.api_url).hostname in _LOOPBACK


def settings_of(settings: Settings) -> StatuspageSettings | None:
    """Return what the settings say about Statuspage; None where it is not used."""
    environment, file = settings.environment, settings.file.status_page
    if environment.statuspage_api_key is None:
        return None
    return StatuspageSettings(
        key=environment.statuspage_api_key,
        page=file.statuspage,
        components={key: one.component for key, one in file.services.items() if one.component},
        api_url=environment.statuspage_api_url,
    )
