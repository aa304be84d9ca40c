"""What Zoom must be told."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.config import Settings
from bot.errors import ConfigError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class ZoomSettings(BaseModel):
    """A server-to-server OAuth app of the account, and `host`, whose meetings the calls are: an e-mail, or "me" for the
    app's owner. `call_seconds` limits one call, `attempt_seconds` all calls of one effect.
    """

    model_config = ConfigDict(frozen=True)

    account: str
    client: str
    secret: SecretStr
    host: str
    api_url: str
    sign_in_url: str
    call_seconds: float = Field(default=5.0, gt=0)
    attempt_seconds: float = Field(default=15.0, gt=0)

    @property
    def is_local(self) -> bool:
        """Whether the API is one on this machine, which no proxy may stand before."""
        return urlsplit(self.api_url).hostname in LOOPBACK


def read(settings: Settings) -> ZoomSettings | None:
    """Return what the settings say about Zoom, None where `zoom.host` is not set.

    Raises:
        ConfigError: one of the variables is missing.
    """
    environment, host = settings.environment, settings.file.zoom.host
    if not host:
        return None
    secret = environment.zoom_client_secret
    if not environment.zoom_account_id or not environment.zoom_client_id or secret is None:
        raise ConfigError(
            "`zoom.host` is set, so ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET must be, too. They stand on "
            "the page of a server-to-server OAuth app in Zoom's marketplace."
        )
    return ZoomSettings(
        account=environment.zoom_account_id,
        client=environment.zoom_client_id,
        secret=secret,
        host=host,
        api_url=environment.zoom_api_url.rstrip("/"),
        sign_in_url=environment.zoom_sign_in_url.rstrip("/"),
    )
