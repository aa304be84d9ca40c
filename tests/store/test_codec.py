"""Everything that is stored comes back as it was, in one canonical form, and old forms are lifted on reading."""

from __future__ import annotations

import json
import typing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.effects import EditMessage, Effect, Facts, OpenRoom, PostMessage
from bot.domain.events import Event, NoteAdded
from bot.domain.evolve import apply, fold
from bot.domain.model import Incident
from bot.domain.notices import NoCommander, Notice, OfferEnded
from bot.domain.priority import Figure
from bot.store import codec
from bot.store.codec import CodecError, Family
from tests.builders import night_log

st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(
    Figure,
    lambda kind: st.builds(
        Figure, st.from_type(typing.get_args(kind)[0]), st.text(), st.from_type(datetime), st.text(max_size=5)
    ),
)

WORKS = settings(max_examples=25, deadline=None)


def members(union: Any) -> list[Any]:
    return [pytest.param(cls, id=cls.__name__) for cls in typing.get_args(union)]


def there_and_back(family: Family, value: Any) -> None:
    name, version, data = family.dump(value)
    assert family.load(name, version, data) == value
    assert data == codec.canonical(json.loads(data)), "the text that is hashed has one form only"
    assert data.isascii()
    assert "\x00" not in data


@pytest.mark.parametrize("cls", members(Event))
def test_every_event_comes_back(cls: type) -> None:
    @WORKS
    @given(st.from_type(cls))
    def check(value: Any) -> None:
        there_and_back(codec.EVENTS, value)

    check()


@pytest.mark.parametrize("cls", members(Effect))
def test_every_effect_comes_back(cls: type) -> None:
    @WORKS
    @given(st.from_type(cls))
    def check(value: Any) -> None:
        there_and_back(codec.EFFECTS, value)

    check()


@pytest.mark.parametrize("cls", members(Notice))
def test_every_notice_comes_back_inside_an_effect(cls: type) -> None:
    @WORKS
    @given(st.from_type(cls))
    def check(value: Any) -> None:
        there_and_back(codec.EFFECTS, PostMessage("room", value))

    check()


@pytest.mark.parametrize("cls", members(Facts))
def test_all_facts_come_back(cls: type) -> None:
    @WORKS
    @given(st.from_type(cls))
    def check(value: Any) -> None:
        there_and_back(Family(Facts), value)

    check()


@WORKS
@given(st.from_type(Incident))
def test_the_fold_comes_back(incident: Incident) -> None:
    assert codec.load_incident(codec.dump_incident(incident)) == incident


def test_a_fold_is_written_as_it_is_after_each_event() -> None:
    incident = None
    for recorded in night_log():
        incident = apply(incident, recorded)
        written = codec.dump_incident(incident)
        assert codec.load_incident(written) == incident
        assert written == codec.canonical(json.loads(written)), "it has the one form of all that is stored"


def test_one_incident_may_be_written_in_two_states_by_turns() -> None:
    folds = [fold(night_log()[:end]) for end in (20, 30, 20, 30)]
    assert [codec.load_incident(codec.dump_incident(one)) for one in folds] == folds


def test_the_stored_form_is_known() -> None:
    """A change here changes what older releases wrote; it needs a version and an upcaster."""
    effect = PostMessage("room", NoCommander(5), slot="", broadcast=True)
    assert codec.EFFECTS.dump(effect) == (
        "PostMessage",
        1,
        '{"broadcast":true,"notice":{"@":"NoCommander","minutes":5},"place":"room","slot":""}',
    )
    note = NoteAdded("naïve \x00 café", datetime(2026, 3, 2, 2, 47, 0, 250_000, tzinfo=UTC))
    assert codec.EVENTS.dump(note) == (
        "NoteAdded",
        1,
        '{"happened_at":1772419620250000,"text":"na\\u00efve \\u0000 caf\\u00e9"}',
    )


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(CodecError):
        codec.EVENTS.dump(NoteAdded("x", datetime(2026, 3, 2, 2, 47)))  # noqa: DTZ001 - the point of the test


def test_times_keep_their_microseconds_far_from_the_epoch() -> None:
    late = datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert codec.moment(codec.micros(late)) == late


@dataclass(frozen=True, slots=True)
class Moved:
    place: str
    how_far: timedelta
    tags: typing.Mapping[str, int]


def test_an_old_version_is_lifted_step_by_step() -> None:
    family = Family(
        Moved,
        versions={Moved: 3},
        upcasters={
            (Moved, 1): lambda data: {"place": data["where"], "seconds": data["seconds"]},
            (Moved, 2): lambda data: {"place": data["place"], "how_far": data["seconds"] * 1_000_000, "tags": {}},
        },
    )
    expected = Moved("here", timedelta(seconds=5), MappingProxyType({}))
    assert family.load("Moved", 1, '{"where":"here","seconds":5}') == expected
    assert family.load("Moved", 2, '{"place":"here","seconds":5}') == expected
    assert family.load(*family.dump(expected)) == expected


def test_what_a_newer_release_wrote_is_refused_by_name() -> None:
    with pytest.raises(CodecError, match="newer release"):
        codec.EVENTS.load("NoteAdded", 2, "{}")
    with pytest.raises(CodecError, match="knows no NoteSung"):
        codec.EVENTS.load("NoteSung", 1, "{}")


@pytest.mark.parametrize("data", ['{"text":"x","mood":"good"}', "{}", '{"text":5}', '{"text":', ""])
def test_data_that_does_not_fit_is_refused(data: str) -> None:
    with pytest.raises(CodecError):
        codec.EVENTS.load("NoteAdded", 1, data)


def test_a_field_that_was_added_with_a_default_needs_no_upcaster() -> None:
    assert codec.EVENTS.load("NoteAdded", 1, '{"text":"x"}') == NoteAdded("x")


def test_a_word_that_is_said_no_more_is_read_where_it_still_waits_to_be_sent() -> None:
    data = '{"notice":{"@":"OfferEnded","at":1795056420000000,"how":"over"},"slot":"offer:1"}'
    ended = OfferEnded("over", datetime(2026, 11, 19, 2, 47, tzinfo=UTC))
    assert codec.EFFECTS.load("EditMessage", 1, data) == EditMessage("offer:1", ended)


def test_a_value_of_another_family_is_refused() -> None:
    with pytest.raises(CodecError):
        codec.EVENTS.dump(OpenRoom())


def test_what_cannot_be_stored_is_refused_before_anything_is_written() -> None:
    with pytest.raises(CodecError, match="no way to store"):
        Family(complex).dump(1j)
