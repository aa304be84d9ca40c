"""What every integration owes the outbox. A new one adds its line to INTEGRATIONS and its case to CASES."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, get_args

import pytest

from bot.domain import effects as f
from bot.errors import IntegrationError
from bot.outbox.verdict import Habits
from integrations import INTEGRATIONS, load
from tests.integrations.case import EXAMPLES, Case
from tests.integrations.documents_case import DOCUMENTS
from tests.integrations.email_case import EMAIL
from tests.integrations.metrics_case import METRICS
from tests.integrations.pagerduty_case import PAGERDUTY
from tests.integrations.slack.case import SLACK
from tests.integrations.statuspage_case import STATUSPAGE
from tests.integrations.zoom_case import ZOOM

CASES: Final[Mapping[str, Case]] = {
    "call": ZOOM,
    "chat": SLACK,
    "documents": DOCUMENTS,
    "email": EMAIL,
    "metrics": METRICS,
    "pager": PAGERDUTY,
    "statuspage": STATUSPAGE,
}

EVERY = pytest.mark.parametrize("name", INTEGRATIONS)
AWAY = pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.dead is not None])


def test_every_integration_has_a_case_and_every_effect_an_example():
    assert set(CASES) == set(INTEGRATIONS)
    assert {type(effect) for effect in EXAMPLES} == set(get_args(f.Effect))


@EVERY
async def test_it_performs_every_effect_that_is_routed_to_it(name: str):
    assert load(name).name == name
    async with CASES[name].alive() as stage:
        performer = stage.performer
        assert performer.name == name
        # The outbox itself expands an audience into one effect for each person.
        routed = {type(one).__name__ for one in EXAMPLES if f.route(one).integration == name} - {"TellAudience"}
        assert set(performer.handlers) == routed
        assert set(performer.reconcile) <= set(performer.handlers)


@EVERY
async def test_its_time_limit_is_less_than_half_the_lease(name: str):
    async with CASES[name].alive() as stage:
        limit = stage.performer.call_timeout
        assert 0 < limit < Habits().lease(limit) / 2


@EVERY
async def test_the_same_effect_performed_again_leaves_the_world_as_it_was(name: str):
    async with CASES[name].alive() as stage:
        for effect in stage.examples:
            kind, view = type(effect).__name__, stage.view()
            stage.desk.progress = {}
            await stage.performer.handlers[kind](effect, view, stage.desk)
            before = await stage.footprint()
            again = replace(view, attempt=2, first_attempt_at=stage.world.now, progress=dict(stage.desk.progress))
            find = stage.performer.reconcile.get(kind)
            facts = await find(effect, again, stage.desk) if find else None
            facts = facts or await stage.performer.handlers[kind](effect, again, stage.desk)
            assert await stage.footprint() == before, effect
            stage.world.settle(effect, facts)


@AWAY
async def test_away_it_raises_integration_errors_only_and_tells_no_secret(name: str):
    dead = CASES[name].dead
    assert dead is not None
    async with dead() as stage:
        for effect in stage.examples:
            for perform in (stage.performer.handlers, stage.performer.reconcile):
                handle = perform.get(type(effect).__name__)
                if handle is None:
                    continue
                try:
                    told = repr(await handle(effect, stage.view(), stage.desk))
                except IntegrationError as error:
                    told = f"{error!r} {error.detail} {error.__cause__!r}"
                assert not [secret for secret in stage.secrets if secret in told], effect


@AWAY
async def test_away_its_check_says_how_to_mend_it_and_tells_no_secret(name: str):
    dead = CASES[name].dead
    assert dead is not None
    async with dead() as stage:
        assert stage.performer.check is not None
        checks = await stage.performer.check()
        assert any(not check.ok for check in checks)
        for check in checks:
            assert check.ok or check.mend, check
            assert not [secret for secret in stage.secrets if secret in repr(check)]
