"""Pages against a PagerDuty that holds every call against PagerDuty's own documents."""

from __future__ import annotations

import pytest

from bot.domain import commands as c
from bot.domain import effects as f
from bot.domain.paging import PageStatus, Target, TargetKind, dedup_key
from bot.errors import IntegrationError, Reason
from tests.domain.world import BEA
from tests.integrations.pagerduty.kit import on_shift

PAGE = f.PageOnCall(1)


async def test_a_page_names_the_incident_and_tells_who_was_asked():
    async with on_shift() as shift:
        shift.page()
        facts = await shift.perform(PAGE)
        assert isinstance(facts, f.PageFacts)
        assert [(one.name, one.user) for one in facts.paged] == [("Bea Vogt", "UBEA")]
        (incident,) = shift.pd.incidents.values()
        assert incident["title"] == "SEV1 INC-42: Checkout returns 500s"
        assert incident["incident_key"] == dedup_key(shift.world.it.id, 1)
        assert (facts.provider_id, facts.url) == (incident["id"], incident["html_url"])
        assert shift.world.it.pages[0].status is PageStatus.PAGED


async def test_after_a_lost_answer_the_page_is_found_by_its_key_and_not_sent_again():
    async with on_shift() as shift:
        shift.page()
        shift.pd.trouble["POST /incidents"] = ["lost"]
        with pytest.raises(IntegrationError) as lost:
            await shift.perform(PAGE)
        assert lost.value.reason is Reason.UNKNOWN_OUTCOME
        found = await shift.find(PAGE)
        assert isinstance(found, f.PageFacts)
        assert list(shift.pd.incidents) == [found.provider_id]


async def test_a_page_that_never_got_through_is_not_found():
    async with on_shift() as shift:
        shift.page()
        assert await shift.find(PAGE) is None


async def test_sent_twice_all_the_same_it_is_one_page():
    async with on_shift() as shift:
        shift.page()
        first = await shift.perform(PAGE)
        again = await shift.performer.handlers["PageOnCall"](PAGE, shift.view(), shift.desk)
        assert again == first
        assert len(shift.pd.incidents) == 1


async def test_what_pagerduty_refuses_is_given_up_with_its_own_words():
    async with on_shift() as shift:
        shift.world.do(c.Page(Target(TargetKind.SERVICE, "PNOWHERE")))
        with pytest.raises(IntegrationError) as refused:
            await shift.perform(PAGE)
        assert refused.value.reason is Reason.CLIENT
        assert "Service Not Found" in refused.value.detail


async def test_a_policy_is_paged_on_behalf_of_the_affected_service():
    async with on_shift() as shift:
        shift.world.do(c.Page(Target(TargetKind.POLICY, "PPOLPAY", via="PCHECKO")))
        facts = await shift.perform(PAGE)
        assert isinstance(facts, f.PageFacts)
        assert [one.user for one in facts.paged] == ["UANA"]
        assert next(iter(shift.pd.incidents.values()))["service"]["id"] == "PCHECKO"


async def test_it_is_acknowledged_and_resolved_there_in_the_name_of_who_did_it_here():
    async with on_shift() as shift:
        shift.page()
        await shift.perform(PAGE)
        await shift.perform(f.AcknowledgePage(1, "UBEA"))
        (incident,) = shift.pd.incidents.values()
        assert incident["status"] == "acknowledged"
        assert shift.pd.senders[-1] == "bea@test.example"
        await shift.perform(f.ResolvePage(1, "USAM", "The incident was resolved"))
        assert incident["status"] == "resolved"
        assert shift.pd.senders[-1] == "firebell@test.example"  # Sam has no account there


async def test_what_was_resolved_there_already_is_left_as_it_is():
    async with on_shift() as shift:
        shift.page()
        await shift.perform(PAGE)
        shift.pd.move(next(iter(shift.pd.incidents)), "resolved")
        assert await shift.perform(f.AcknowledgePage(1, "UBEA")) == f.Done()
        assert await shift.perform(f.ResolvePage(1, "UBEA")) == f.Done()
        assert not [call for call in shift.pd.calls if call.startswith("PUT")]


async def test_nobody_is_paged_for_what_is_over_before_it_could_be_sent():
    async with on_shift() as shift:
        shift.page()
        shift.world.do(c.Resolve(fixed_by="It came back"))
        assert isinstance(await shift.perform(PAGE), f.Gone)
        assert shift.pd.incidents == {}


async def test_a_service_with_a_routing_key_is_paged_by_an_event():
    async with on_shift() as shift:
        shift.page("payments")
        assert await shift.perform(PAGE) == f.PageFacts()
        await shift.perform(PAGE)
        (incident,) = shift.pd.incidents.values()
        assert incident["incident_key"] == dedup_key(shift.world.it.id, 1)
        await shift.perform(f.AcknowledgePage(1, "UBEA"))
        assert incident["status"] == "acknowledged"
        await shift.perform(f.ResolvePage(1, "UBEA"))
        assert incident["status"] == "resolved"
        assert set(shift.pd.calls) == {"POST /v2/enqueue"}


async def test_a_private_incidents_title_stays_in_its_room():
    async with on_shift() as shift:
        shift.world.incident = None
        shift.world.log.clear()
        shift.world.declare("Data of customers leaked", private=True, services=("checkout",))
        shift.page()
        await shift.perform(PAGE)
        assert "leaked" not in repr(shift.pd.incidents)
        assert "SEV1 INC-42: a private incident" in repr(shift.pd.incidents)


async def test_people_are_asked_to_come_by_their_email_and_strangers_are_named():
    async with on_shift() as shift:
        shift.page()
        await shift.perform(PAGE)
        shift.world.do(c.RequestResponders(("UANA", "USAM"), "Please look at the ledger"), BEA)
        wanted = f.RequestResponders(1, 0)
        assert await shift.perform(wanted) == f.ResponderFacts(("UANA",), ("USAM",))
        (asked,) = shift.pd.requests
        assert asked["requester"]["id"] == "PBEA"
        assert asked["responder_request_targets"][0]["responder_request_target"]["id"] == "PANA"


async def test_after_a_lost_answer_the_request_for_people_is_found_and_not_doubled():
    async with on_shift() as shift:
        shift.page()
        await shift.perform(PAGE)
        shift.world.do(c.RequestResponders(("UANA",)), BEA)
        wanted = f.RequestResponders(1, 0)
        assert await shift.find(wanted) is None
        shift.pd.trouble["POST /incidents/Q00001/responder_requests"] = ["lost"]
        with pytest.raises(IntegrationError):
            await shift.perform(wanted)
        assert await shift.find(wanted) == f.ResponderFacts(("UANA",))
        assert [one["message"] for one in shift.pd.requests] == ["Please come to INC-42"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [(401, Reason.AUTH), (403, Reason.AUTH), (404, Reason.CLIENT), (429, Reason.RATE_LIMITED), (503, Reason.SERVER)],
)
async def test_each_failure_has_its_reason_and_is_tried_once(status: int, reason: Reason):
    async with on_shift() as shift:
        shift.page()
        shift.pd.trouble["POST /incidents"] = [status]
        with pytest.raises(IntegrationError) as failed:
            await shift.perform(PAGE)
        assert failed.value.reason is reason
        assert failed.value.retry_after == (7.0 if status == 429 else None)
        assert shift.pd.calls == ["POST /incidents"]
        assert [bucket for bucket, _ in shift.desk.paced] == ["pagerduty"]


async def test_who_is_on_call_is_told_in_the_order_of_the_escalation():
    async with on_shift() as shift:
        found = await shift.pager.on_call(Target(TargetKind.SERVICE, "PCHECKO", "checkout"))
        assert [(one.name, one.user, one.level) for one in found] == [("Bea Vogt", "UBEA", 1), ("Tom Berg", "", 2)]
        by_policy = await shift.pager.on_call(Target(TargetKind.POLICY, "PPOLPAY"))
        assert [one.user for one in by_policy] == ["UANA"]


async def test_an_acknowledgement_that_overtakes_the_answer_counts_as_one():
    async with on_shift() as shift:
        shift.page()
        shift.world.do(c.RecordPageMove(1, "acknowledged", "PBEA", "Bea Vogt"))
        await shift.perform(PAGE)
        assert shift.world.it.pages[0].status is PageStatus.ACKNOWLEDGED
        assert shift.world.it.pages[0].provider_id == "Q00001"
        assert BEA.id not in shift.world.it.pages[0].acknowledged_by  # who that is was not known yet
