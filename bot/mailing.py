"""E-mail, joined to the chat: who has which address, what people are called, where links lead."""

from __future__ import annotations

from typing import Any

from bot.config import Settings
from bot.ports import Clock
from integrations import load


def mail_of(settings: Settings, chat: Any, clock: Clock) -> Any:
    """Return the integration, None where SMTP_URL is not set. Nothing of it is imported then.

    Raises:
        ConfigError: SMTP_URL or SMTP_FROM is wrong.
    """
    environment = settings.environment
    if environment.smtp_url is None:
        return None
    from integrations.email.integration import Surroundings
    from integrations.email.page import Unsubscribing
    from integrations.email.settings import read

    token = environment.slack_bot_token
    around = Surroundings(
        address=chat.directory.address,
        directory=chat.directory,
        links=chat.links,
        clock=clock,
        unsubscribing=Unsubscribing(token.get_secret_value().encode() if token else b"", environment.public_url),
    )
    mail = read(environment.smtp_url, environment.smtp_from, environment.smtp_ca_file)
    return load("email")(mail, around=around)
