"""Shorter waits for a bot under test: the same habits, with leases of seconds instead of half a minute.

Only a test's own entry module calls this. What is kept are the proportions: the call timeout stays under half a lease,
and an unknown outcome is looked into only after call timeout and grace.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from bot import app
from bot.config import Settings
from bot.outbox import worker
from bot.outbox.verdict import Habits
from bot.scheduler import Rhythm, Scheduler
from integrations.documents import DocumentSettings
from integrations.slack.settings import SlackSettings

CALL_SECONDS: Final = 1.5
ATTEMPT_SECONDS: Final = 2.0
RENDER_SECONDS: Final = 12.0
WATCH_SECONDS: Final = 0.5


def hasten() -> None:
    """Have every outbox and scheduler that is made from here on wait less."""
    real = app.slack_settings

    def slack_settings(settings: Settings, haste: float) -> SlackSettings:
        hurried = {"call_seconds": CALL_SECONDS, "attempt_seconds": ATTEMPT_SECONDS}
        return real(settings, haste).model_copy(update=hurried)

    for module, name, hurried_maker in (
        (worker, "Habits", partial(Habits, backoff=0.2, backoff_most=5.0, grace=0.5)),
        (app, "slack_settings", slack_settings),
        (app, "DocumentSettings", partial(DocumentSettings, attempt_seconds=RENDER_SECONDS)),
        (app, "Scheduler", partial(Scheduler, rhythm=Rhythm(watch=WATCH_SECONDS))),
    ):
        setattr(module, name, hurried_maker)
