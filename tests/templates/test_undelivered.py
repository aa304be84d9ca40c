"""A message that was given up shows on the cards, with Retry."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.model import Failure
from templates import sample_data as data
from templates.cards import room_card, summary_card
from tests.templates.reading import words


def test_both_cards_offer_to_send_a_lost_message_again() -> None:
    lost = Failure("e7", "PostMessage", "client", "The channel is archived.", data.NOW)
    incident = replace(data.mitigating(), failures={"e7": lost})
    for draw in (room_card, summary_card):
        text = words(draw(incident, data.POLICY, links=data.links(incident), now=data.NOW))
        assert "could not be delivered: The channel is archived." in text
        assert "Retry" in text
