"""One delivery to the mail server, and a look whether it would take one."""

from __future__ import annotations

import ssl
from email.message import EmailMessage

import aiosmtplib

from integrations.email.errors import of_exception
from integrations.email.settings import EmailSettings, Tls


class Client:
    """Speaks SMTP, a connection for each delivery: subscribers are few, and servers close idle ones."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._context = ssl.create_default_context()
        if settings.ca_file:
            self._context.load_verify_locations(settings.ca_file)

    async def send(self, message: EmailMessage) -> None:
        """Hand a message over; raises IntegrationError."""
        async with self._connection() as connection:
            await connection.send_message(message)

    async def greet(self) -> None:
        """Connect and log in, and send nothing; raises IntegrationError."""
        async with self._connection() as connection:
            await connection.noop()

    def _connection(self) -> _Connection:
        settings = self._settings
        login = settings.login or (None, None)
        return _Connection(
            aiosmtplib.SMTP(
                hostname=settings.host,
                port=settings.port,
                username=login[0],
                password=login[1],
                timeout=settings.call_seconds,
                use_tls=settings.tls is Tls.FROM_THE_START,
                start_tls=settings.tls is Tls.STARTTLS,
                tls_context=self._context,
            )
        )


class _Connection:
    """A connection whose failures are IntegrationErrors."""

    def __init__(self, smtp: aiosmtplib.SMTP) -> None:
        self._smtp = smtp

    async def __aenter__(self) -> aiosmtplib.SMTP:
        try:
            await self._smtp.connect()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self._smtp.close()
            raise of_exception(error) from None
        return self._smtp

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        del kind, trace
        self._smtp.close()
        if isinstance(error, aiosmtplib.SMTPException | OSError | ValueError):
            raise of_exception(error) from None
