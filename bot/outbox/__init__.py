"""Effects into the world: claim, perform, classify, reconcile, settle, pace.

Retry, backoff, leases and pacing live here and never in an integration. What it promises: killed at any point, nothing
is lost and nothing is doubled. What it cannot promise: a process that is paused between the last look at its lease and
the write to the socket may send once more.
"""

from bot.outbox.audience import People
from bot.outbox.verdict import Habits
from bot.outbox.worker import Outbox

__all__ = ["Habits", "Outbox", "People"]
