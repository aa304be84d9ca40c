"""What `firebell doctor` says about PagerDuty."""

from __future__ import annotations

from bot.ports import Check
from tests.integrations.pagerduty.kit import Shift, on_shift


async def examine(shift: Shift) -> dict[str, Check]:
    assert shift.performer.check is not None
    return {check.name: check for check in await shift.performer.check()}


async def test_what_is_well_is_told_by_name():
    async with on_shift(webhook_secrets=("one", "two")) as shift:
        checks = await examine(shift)
        assert all(check.ok for check in checks.values())
        assert checks["PagerDuty PCHECKO"].detail == "Checkout: active (services.checkout.pagerduty_service)"
        assert checks["PagerDuty webhook"].detail == "2 secrets at /pagerduty/webhook"


async def test_a_token_that_is_refused_ends_the_examination():
    async with on_shift(token="another") as shift:
        checks = await examine(shift)
        assert not checks["PagerDuty token"].ok
        assert "PAGERDUTY_TOKEN" in checks["PagerDuty token"].mend
        assert "PagerDuty user" not in checks


async def test_a_service_that_does_not_exist_or_is_disabled_is_named():
    async with on_shift() as shift:
        shift.pd.services["PCHECKO"]["status"] = "disabled"
        assert not (await examine(shift))["PagerDuty PCHECKO"].ok
        del shift.pd.services["PCHECKO"]
        missing = (await examine(shift))["PagerDuty PCHECKO"]
        assert not missing.ok
        assert "services.checkout.pagerduty_service" in missing.mend


async def test_a_sender_whom_pagerduty_does_not_know_is_named():
    async with on_shift(sender="nobody@test.example") as shift:
        checks = await examine(shift)
        assert not checks["PagerDuty user"].ok
        assert "nobody@test.example" in checks["PagerDuty user"].detail
