"""One attempt at one effect: look first if an earlier one may have got through, then send, within the time limit."""

from __future__ import annotations

from bot.domain.effects import Facts
from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.errors import BotError, IntegrationError, Reason
from bot.outbox.desk import EffectDesk
from bot.ports import Performer, View
from bot.rows import Claimed


class Attempting:
    """`unknown` says whether the effect may have been carried out without our knowing; `reconciled` whether it had
    been.
    """

    def __init__(self, claimed: Claimed, performer: Performer, desk: EffectDesk, policy: Policy) -> None:
        self._claimed = claimed
        self._performer = performer
        self._desk = desk
        self._policy = policy
        self._what = type(claimed.effect).__name__
        self.unknown = claimed.unknown
        self.reconciled = False

    @property
    def bucket(self) -> str:
        """The shared bucket that was drawn from last, or ""."""
        return self._desk.bucket

    async def perform(self, incident: Incident) -> Facts:
        """Return what the outside system answered, now or to an earlier attempt.

        Raises:
            IntegrationError: it failed; errors that the integration did not foresee count as an unknown outcome.
            Later: nothing was sent, because the shared bucket is empty.
            LeaseLost: nothing was sent, because another worker has taken over.
        """
        view = View(
            incident=incident,
            policy=self._policy,
            key=self._claimed.key,
            attempt=self._claimed.attempt,
            first_attempt_at=self._claimed.first_attempt_at,
            progress=self._claimed.progress,
        )
        try:
            async with self._desk.limit():
                return await self._reconcile(view) or await self._send(view)
        except BotError:
            raise
        except TimeoutError:
            raise IntegrationError(Reason.TIMEOUT, f"no answer in {self._performer.call_timeout:g} s") from None
        except Exception as error:  # whatever an integration did not foresee may have happened after the call
            raise IntegrationError(Reason.UNKNOWN_OUTCOME, type(error).__name__) from error

    async def _reconcile(self, view: View) -> Facts | None:
        reconcile = self._performer.reconcile.get(self._what)
        if not self.unknown or reconcile is None:
            return None
        facts = await reconcile(self._claimed.effect, view, self._desk)
        self.unknown = False
        self.reconciled = facts is not None
        return facts

    async def _send(self, view: View) -> Facts:
        handler = self._performer.handlers.get(self._what)
        if handler is None:
            raise IntegrationError(Reason.CLIENT, f"{self._performer.name} cannot do {self._what}")
        await self._desk.hold()
        return await handler(self._claimed.effect, view, self._desk)
