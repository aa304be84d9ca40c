"""Two and four replicas on one PostgreSQL: every effect once, every timer once, whoever dies or is paused.

`python -m tests.replicas` (`make replicas`) plays all this and more with more incidents, and prints what it found.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import faultpoints
from tests.crash.nursery import Nursery
from tests.replicas import play
from tests.replicas.town import Site

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.xdist_group("replicas")]


@pytest.fixture
def engine_name() -> str:
    return "postgresql"


async def test_two_replicas_share_the_work_and_nothing_is_done_twice(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    found, shares = await play.share(Site(nursery, tmp_path, url), 2, incidents=2)

    found.check()
    assert found.fired == 2 * play.FIRED
    commands, effects, timers = (sum(column) for column in zip(*shares, strict=True))
    assert timers == found.fired
    assert effects == found.effects - len(await not_performed(url))
    assert commands > 0
    assert all(min(share[:2]) > 0 for share in shares), f"one did nothing: {shares}"


async def not_performed(url: str) -> list[object]:
    """Effects that were replaced by one for each recipient, and canvases whose minute has not come."""
    waiting = "type = 'WriteCanvas' AND status != 'done'"
    async with play.Book(url) as book:
        return list(await book.rows(f"SELECT id FROM effects WHERE type = 'TellAudience' OR {waiting}"))


async def test_of_four_replicas_two_are_killed_mid_lease_and_the_others_take_over(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    faults = (f"{faultpoints.AFTER_CLAIM}:2", f"{faultpoints.AFTER_SEND}:2")
    found, taken_over = await play.kill(Site(nursery, tmp_path, url), 4, 2, faults)

    found.check()
    assert taken_over > 0
    assert found.fired == 2 * play.FIRED


async def test_a_replica_paused_past_its_lease_before_the_check_does_nothing(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    found, held, said = await play.pause(Site(nursery, tmp_path, url), f"{faultpoints.AFTER_CLAIM}:1")

    found.check()
    assert held
    ended = [line for line in said.splitlines() if any(f"effect={key}" in line for key in held)]
    assert len(ended) == len(held)
    assert all("outcome=lost" in line for line in ended)


async def test_a_replica_paused_inside_the_send_sends_again_only_what_was_on_its_way(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    """Slack takes no fencing token: what was being written when the process stopped may arrive once more."""
    found, held, _ = await play.pause(Site(nursery, tmp_path, url), "chat.postMessage:2")

    print(f"sent once more by a paused process: {len(found.doubled)} of {found.sent} messages; it held {len(held)}")
    found.check(once_more=held)


async def test_a_replica_paused_in_a_transaction_keeps_no_incident_locked(
    nursery: Nursery, url: str, tmp_path: Path
) -> None:
    found, _, told = await play.pause_in_transaction(Site(nursery, tmp_path, url))

    found.check()
    assert told == 1
