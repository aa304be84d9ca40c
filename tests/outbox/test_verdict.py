"""What follows from a failure, as a table."""

from __future__ import annotations

import pytest

from bot.errors import MAY_RETRY, IntegrationError, Reason
from bot.outbox.verdict import Again, Attempt, GiveUp, Habits, judge

HABITS = Habits()
FIRST = Attempt(number=1, elapsed=2.0, call_timeout=10.0, unknown=False)


@pytest.mark.parametrize("reason", [reason for reason, again in MAY_RETRY.items() if not again])
def test_what_cannot_get_better_is_given_up_at_once(reason: Reason) -> None:
    assert judge(IntegrationError(reason, "no"), FIRST, HABITS, 0.5) == GiveUp()


@pytest.mark.parametrize("reason", [Reason.TIMEOUT, Reason.SERVER, Reason.UNKNOWN_OUTCOME])
def test_after_an_unknown_outcome_the_next_attempt_waits_until_traces_must_show(reason: Reason) -> None:
    verdict = judge(IntegrationError(reason, "?"), FIRST, HABITS, 0.5)
    assert verdict == Again(13.0, unknown=True), "call timeout 10 s and grace 5 s, of which 2 s have passed"


def test_what_is_known_not_to_have_happened_is_tried_again_soon() -> None:
    verdict = judge(IntegrationError(Reason.UNREACHABLE, "no route"), FIRST, HABITS, 0.5)
    assert verdict == Again(0.75, unknown=False)


def test_an_open_question_stays_open_through_later_failures() -> None:
    unsure = Attempt(number=2, elapsed=10.0, call_timeout=10.0, unknown=True)
    verdict = judge(IntegrationError(Reason.UNREACHABLE, "no route"), unsure, HABITS, 0.0)
    assert verdict == Again(5.0, unknown=True)


def test_a_rate_limit_says_when_and_is_not_counted() -> None:
    limited = IntegrationError(Reason.RATE_LIMITED, "slow down", retry_after=30.0)
    last = Attempt(number=HABITS.attempts, elapsed=0.0, call_timeout=10.0, unknown=False)
    assert judge(limited, last, HABITS, 0.5) == Again(30.0, unknown=False, counts=False)


def test_the_last_attempt_is_the_last() -> None:
    last = Attempt(number=HABITS.attempts, elapsed=0.0, call_timeout=10.0, unknown=False)
    assert judge(IntegrationError(Reason.SERVER, "500"), last, HABITS, 0.5) == GiveUp()


def test_a_server_may_ask_for_a_longer_wait() -> None:
    error = IntegrationError(Reason.UNREACHABLE, "busy", retry_after=20.0)
    assert judge(error, FIRST, HABITS, 0.5) == Again(20.0, unknown=False)


def test_waits_double_up_to_their_cap_and_jitter_spreads_them() -> None:
    waits = [HABITS.delay(attempt, 1.0) for attempt in range(1, HABITS.attempts + 1)]
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == HABITS.backoff_most
    assert HABITS.delay(3, 0.0) == 2.0
    assert 25 * 60 < sum(waits) < 40 * 60, "about half an hour until an effect is given up"


@pytest.mark.parametrize("call_timeout", [0.05, 10.0, 45.0])
def test_a_call_takes_less_than_half_of_its_lease(call_timeout: float) -> None:
    assert call_timeout < HABITS.lease(call_timeout) / 2
