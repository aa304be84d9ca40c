"""What `firebell doctor` says about Slack. It looks and changes nothing; each failure says how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from bot.ports import Check
from integrations.slack.errors import SlackError
from integrations.slack.scopes import SCOPES
from integrations.slack.settings import SlackSettings
from integrations.slack.summary import SummaryChannel
from integrations.slack.workspace import Workspace

_MOST_SKEW: Final = timedelta(seconds=60)
"""Signed requests are refused beyond five minutes; a clock a minute off is on its way there."""


class Doctor:
    """Examines one workspace."""

    def __init__(self, settings: SlackSettings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace
        self._client = workspace.client

    async def examine(self) -> Sequence[Check]:
        """Return one line per thing that must be well; without a valid token the rest cannot be told."""
        try:
            answer = await self._client.call("auth.test")
        except SlackError as error:
            return (Check("Slack token", False, error.detail, _mend_token(error)), self._inbound_secret())
        return (
            Check("Slack token", True, f"{answer['user']} in {answer['team']} ({answer['url']})"),
            _scopes(_header(answer.headers, "x-oauth-scopes")),
            skew(answer.headers),
            await self._channel("Summary channel", "summary_channel", self._workspace.summary),
            await self._socket() if self._settings.app_token else self._inbound_secret(),
            await self._operators(),
        )

    async def _operators(self) -> Check:
        name, setting = "Operators", "watchdog.operators_channel"
        if self._workspace.operators is None:
            return Check(
                name, True, f"no channel is set ({setting}); nobody is told in the chat when Firebell is behind"
            )
        return await self._channel(name, setting, self._workspace.operators)

    async def _channel(self, name: str, setting: str, channel: SummaryChannel) -> Check:
        wanted = channel.wanted
        try:
            found = await channel.look()
        except SlackError as error:
            return Check(name, False, error.detail, f"Set {setting} in firebell.yaml to a channel's name or id.")
        if found is None or not found.member:
            detail = f"Firebell is not in #{wanted}; it enters a public channel by itself once it runs"
            mend = f"Type `/invite @firebell` in #{wanted}; create the channel first if there is none."
            return Check(name, found is not None, detail, mend)
        return Check(name, True, f"#{found.name} ({found.id})")

    async def _socket(self) -> Check:
        name, token = "Socket Mode", self._settings.app_token
        assert token is not None
        try:
            await self._client.call_as_app("apps.connections.open", token.get_secret_value())
        except SlackError as error:
            mend = "Make an app-level token with connections:write, set SLACK_APP_TOKEN, and turn Socket Mode on."
            return Check(name, False, error.detail, mend)
        return Check(name, True, "an address was given out")

    def _inbound_secret(self) -> Check:
        if self._settings.app_token:
            return Check("Inbound", True, "Socket Mode")
        given = bool(self._settings.signing_secret.get_secret_value())
        mend = "Set SLACK_SIGNING_SECRET (Basic Information, App Credentials), or SLACK_APP_TOKEN for Socket Mode."
        return Check("Signing secret", given, "set" if given else "not set, so every request is refused", mend)


def _scopes(granted: str | None) -> Check:
    if granted is None:
        return Check("Slack scopes", True, "the answer does not name them")
    have = {scope.strip() for scope in granted.split(",")}
    missing = [f"{scope} ({without})" for scope, without in SCOPES.items() if scope not in have]
    mend = "Add them under OAuth & Permissions, or update the app from deploy/slack, and install it again."
    return Check("Slack scopes", not missing, "; ".join(missing) or f"all {len(SCOPES)} granted", mend)


def skew(headers: Mapping[str, str]) -> Check:
    """Compare this machine's clock with the date of Slack's answer."""
    name, sent = "Clock", _header(headers, "date")
    if sent is None:
        return Check(name, True, "Slack's answer carries no date to compare with")
    apart = abs(datetime.now(UTC) - parsedate_to_datetime(sent).astimezone(UTC))
    mend = "Set this machine's clock (NTP): beyond five minutes every signed request is refused."
    return Check(name, apart <= _MOST_SKEW, f"{apart.total_seconds():.0f} s apart from Slack's", mend)


def _header(headers: Mapping[str, str], name: str) -> str | None:
    return next((str(value) for key, value in headers.items() if key.lower() == name), None)


def _mend_token(error: SlackError) -> str:
    if error.code:
        return "Set SLACK_BOT_TOKEN to the Bot User OAuth Token (OAuth & Permissions), which begins with xoxb-."
    return "See whether this machine can reach Slack, and whether SLACK_API_URL is right."
