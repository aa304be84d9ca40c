"""Who hears of an incident by subscription, and how often: once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain.model import Incident
from bot.domain.subscriptions import Kind, Readers, Subscription, Way, concerned, of_mark, of_slot, topics
from bot.outbox import audience
from tests.domain.world import World

UPDATE = n.UpdatePublished(1)


@pytest.fixture
def incident() -> Incident:
    return replace(World().declare(), services=("checkout",), roles={})


def wish(user: str, kind: Kind, name: str = "", way: Way = Way.DIRECT) -> Subscription:
    return Subscription(user, kind, name, way)


def test_an_incident_is_reached_by_its_id_its_services_its_severity_and_everything(incident: Incident) -> None:
    assert topics(incident, ("sev3",)) == {
        Kind.INCIDENT: (incident.id,),
        Kind.SERVICE: ("checkout",),
        Kind.SEVERITY: ("sev1", "sev3"),
        Kind.EVERYTHING: ("",),
    }


def test_overlapping_wishes_tell_a_person_once_by_the_narrowest(incident: Incident) -> None:
    found = [
        wish("UMEI", Kind.EVERYTHING, way=Way.EMAIL),
        wish("UMEI", Kind.SERVICE, "checkout"),
        wish("UMEI", Kind.SEVERITY, "sev1", Way.EMAIL),
    ]
    assert concerned(incident, found) == {"UMEI": found[1]}


def test_of_equally_narrow_wishes_a_direct_message_goes_first(incident: Incident) -> None:
    found = [wish("UMEI", Kind.SERVICE, "a", Way.EMAIL), wish("UMEI", Kind.SERVICE, "b")]
    assert concerned(incident, found)["UMEI"].name == "b"


def test_a_wish_for_the_incident_itself_goes_before_one_for_its_part(incident: Incident) -> None:
    found = [wish("UMEI", Kind.INCIDENT, "0"), wish("UMEI", Kind.INCIDENT, incident.id, Way.EMAIL)]
    assert concerned(incident, found)["UMEI"].name == incident.id
    assert topics(incident, parts=("0",))[Kind.INCIDENT] == (incident.id, "0")


def test_who_holds_a_role_hears_it_in_the_room_already(incident: Incident) -> None:
    led = replace(incident, roles={"commander": ("UANA",)})
    assert concerned(led, [wish("UANA", Kind.EVERYTHING), wish("UMEI", Kind.EVERYTHING)]).keys() == {"UMEI"}


def test_of_a_private_incident_only_those_inside_hear(incident: Incident) -> None:
    private = replace(incident, private=True, joined=("UBEA", "USAM"), left=("USAM",))
    everybody = [wish(user, Kind.EVERYTHING) for user in ("UBEA", "USAM", "UMEI")]
    assert concerned(private, everybody).keys() == {"UBEA"}


def test_a_follower_who_is_subscribed_as_well_gets_one_message(incident: Incident) -> None:
    followed = replace(incident, followers=("UMEI",))
    told = f.TellAudience("stakeholders", UPDATE, "update:1", by="UANA")
    found = [wish("UMEI", Kind.EVERYTHING, way=Way.EMAIL), wish("UBEA", Kind.EVERYTHING, way=Way.EMAIL)]
    assert audience.messages(followed, told) == {"UMEI": f.DirectMessage("UMEI", UPDATE, "update:1:UMEI")}
    assert audience.by_subscription(followed, told, found, mail=True) == {"UBEA": f.SendEmail("UBEA", UPDATE, found[1])}


def test_whoever_did_it_is_not_told_of_it(incident: Incident) -> None:
    told = f.TellAudience("subscribers", n.IncidentAnnounced(), by="UANA")
    found = [wish("UANA", Kind.EVERYTHING), wish("UBEA", Kind.EVERYTHING)]
    assert audience.by_subscription(incident, told, found, mail=True).keys() == {"UBEA"}


def test_without_e_mail_a_direct_message_takes_its_place(incident: Incident) -> None:
    told = f.TellAudience("subscribers", n.IncidentAnnounced())
    found = [wish("UBEA", Kind.EVERYTHING, way=Way.EMAIL)]
    sent = audience.by_subscription(incident, told, found, mail=False)["UBEA"]
    assert sent == f.DirectMessage("UBEA", n.IncidentAnnounced(), because=found[0])


def test_a_correction_is_mailed_also_to_who_has_joined_the_channel_since(incident: Incident) -> None:
    found = [wish("UBEA", Kind.EVERYTHING, way=Way.EMAIL)]
    present = ["UBEA"]
    update, correction = (f.TellAudience(name, UPDATE) for name in ("subscribers", "mailed"))
    assert audience.by_subscription(incident, update, found, mail=True, present=present) == {}
    assert audience.by_subscription(incident, correction, found, mail=True, present=present).keys() == {"UBEA"}


def test_a_correction_goes_again_only_to_those_who_read_e_mail(incident: Incident) -> None:
    told = f.TellAudience("mailed", UPDATE)
    found = [wish("UBEA", Kind.EVERYTHING, way=Way.EMAIL), wish("UMEI", Kind.EVERYTHING)]
    assert audience.by_subscription(incident, told, found, mail=True).keys() == {"UBEA"}
    assert audience.by_subscription(incident, told, found, mail=False) == {}


def test_who_left_a_private_room_after_the_sending_began_is_told_nothing(incident: Incident) -> None:
    private = replace(incident, private=True, joined=("UBEA",))
    by_wish = f.DirectMessage("UBEA", UPDATE, because=wish("UBEA", Kind.EVERYTHING))
    assert not audience.too_late(private, by_wish)
    assert audience.too_late(replace(private, left=("UBEA",)), by_wish)
    assert audience.too_late(replace(private, left=("UBEA",)), f.SendEmail("UBEA", UPDATE, wish("UBEA", Kind.SERVICE)))
    assert not audience.too_late(private, f.DirectMessage("UOTHER", UPDATE))


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("readers", Readers)
def test_a_message_keeps_by_which_wish_it_was_sent(kind: Kind, readers: Readers) -> None:
    one = Subscription("UBEA", kind, "check|out:eu", readers=readers)
    assert of_mark("UBEA", one.mark) == one
    assert of_slot(f"update:12:UBEA:{one.mark}") == one


@pytest.mark.parametrize("slot", ["update:12:UBEA", "card", "update:1:UBEA:strange", "update:1:UBEA:support|odd|x"])
def test_other_slots_belong_to_no_subscription(slot: str) -> None:
    assert of_slot(slot) is None
