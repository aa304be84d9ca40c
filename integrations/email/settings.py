"""What e-mail must be told."""

from __future__ import annotations

import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import ConfigError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
SUBMISSION_PORT: Final = 587
TLS_PORT: Final = 465


class Tls(StrEnum):
    """How the way to the mail server is kept private."""

    FROM_THE_START = "from the start"
    STARTTLS = "STARTTLS"
    NONE = "none"


class EmailSettings(BaseModel):
    """`url` is `smtps://user:password@host:465` (TLS from the start) or `smtp://...:587` (STARTTLS, which must work).

    Only to a server on this machine may mail go without TLS. `call_seconds` limits each step of a delivery,
    `attempt_seconds` all of it. `ca_file` names certificates to trust beside the system's.
    """

    model_config = ConfigDict(frozen=True)

    url: SecretStr
    sender: str
    ca_file: str = ""
    call_seconds: float = Field(default=6.0, gt=0)
    attempt_seconds: float = Field(default=15.0, gt=0)

    @field_validator("url")
    @classmethod
    def _is_a_server(cls, value: SecretStr) -> SecretStr:
        parts = urlsplit(value.get_secret_value())
        # Reading the port raises ValueError for one that is none.
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.port == 0:
            raise ValueError("an address like smtps://user:password@mail.example.com:465")
        return value

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        address = parseaddr(value)[1]
        user, _, domain = address.rpartition("@")
        if not (user and domain) or not value.isprintable() or not address.isascii():
            raise ValueError("an address like Firebell <firebell@example.com>")
        try:
            Address(addr_spec=address)
        except (MessageError, IndexError):
            raise ValueError("an address like Firebell <firebell@example.com>") from None
        return value

    @field_validator("ca_file")
    @classmethod
    def _holds_certificates(cls, value: str) -> str:
        if value:
            try:
                ssl.create_default_context().load_verify_locations(value)
            except OSError as error:  # an SSLError is one, too
                raise ValueError(str(error)) from None
        return value

    @property
    def host(self) -> str:
        return urlsplit(self.url.get_secret_value()).hostname or ""

    @property
    def port(self) -> int:
        """The port; 465 for `smtps` and 587 for `smtp` when none is given."""
        parts = urlsplit(self.url.get_secret_value())
        return parts.port or (TLS_PORT if parts.scheme == "smtps" else SUBMISSION_PORT)

    @property
    def login(self) -> tuple[str, str] | None:
        """User and password, if there are any."""
        parts = urlsplit(self.url.get_secret_value())
        return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None

    @property
    def tls(self) -> Tls:
        if urlsplit(self.url.get_secret_value()).scheme == "smtps":
            return Tls.FROM_THE_START
        return Tls.NONE if self.host in LOOPBACK else Tls.STARTTLS

    @property
    def domain(self) -> str:
        """The sender's domain, which message ids end in."""
        return parseaddr(self.sender)[1].rpartition("@")[2]


def read(url: SecretStr | None, sender: str, ca_file: str) -> EmailSettings | None:
    """Return the settings, None where no mail is wanted; raises `ConfigError` naming the variable that is wrong."""
    if url is None:
        return None
    try:
        return EmailSettings(url=url, sender=sender, ca_file=ca_file)
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        name, mend = {
            "url": ("SMTP_URL", "write an address like smtps://user:password@mail.example.com:465"),
            "sender": ("SMTP_FROM", "write an address like Firebell <firebell@example.com>"),
            "ca_file": ("SMTP_CA_FILE", "name a file of certificates in PEM form that Firebell may read"),
        }[field]
        raise ConfigError(f"Environment variable {name}: {mend}.") from None
