"""What customers are told on a status page: posts that people confirmed, and words of ours that are fit for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

TITLE_MAX: Final = 200
TEXT_MAX: Final = 2_000
"""Characters: a preview of them fits into one block of a form."""

SHOWN_MOST: Final = 20
"""Services that a form offers; further ones keep the state they have."""


class PublicStatus(StrEnum):
    """How far customers are told that it has come."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class ComponentState(StrEnum):
    """How a service is for customers, mildest first; values are Statuspage's."""

    OPERATIONAL = "operational"
    MAINTENANCE = "under_maintenance"
    DEGRADED = "degraded_performance"
    PARTIAL = "partial_outage"
    MAJOR = "major_outage"


WORST: Final[Mapping[ComponentState, int]] = MappingProxyType({one: place for place, one in enumerate(ComponentState)})
"""The place of each state, 0 for the mildest."""


class PostState(StrEnum):
    """How far a post has come. `published` is said only once the page's provider has confirmed it."""

    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    FAILED = "failed"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Component:
    """A service of the catalog (its key) and how it is for customers."""

    service: str
    state: ComponentState


@dataclass(frozen=True, slots=True)
class PublicService:
    """A service that customers know: its key in the catalog and the name they know it by."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class StatusPagePolicy:
    """The pages that there are: one of a provider's (`hosted`), Firebell's own (`own`), or both.

    `severities` may be published; empty means all. `asks`: after an update somebody is asked whether the page follows.
    `url` is our own page's, where people can reach it.
    """

    services: tuple[PublicService, ...] = ()
    severities: tuple[str, ...] = ()
    hosted: bool = False
    own: bool = False
    asks: bool = True
    url: str = ""

    def name(self, key: str) -> str:
        """Return what customers call a service; "" for one that they do not know."""
        return next((one.name for one in self.services if one.key == key), "")


@dataclass(frozen=True, slots=True)
class Post:
    """One text for customers; `number` counts from 1 within the incident.

    Posts of one `episode` belong together on the page; once one that says resolved is published, another begins.
    `provider_id` and `url` are the provider's, once it has confirmed. `effect_id` is the attempt that was given up.
    """

    number: int
    episode: int
    title: str
    text: str
    status: PublicStatus
    components: tuple[Component, ...]
    by: str
    at: datetime
    state: PostState = PostState.CONFIRMED
    provider_id: str = ""
    url: str = ""
    trouble: str = ""
    effect_id: str = ""


def find(posts: Iterable[Post], number: int) -> Post | None:
    """Return the post with a number."""
    return next((post for post in posts if post.number == number), None)


def newest(posts: Sequence[Post], *, own: bool) -> Post | None:
    """Return what the page says last. On our own page every post stands, on a provider's none that failed."""
    gone = () if own else (PostState.FAILED, PostState.OVERTAKEN)
    return next((post for post in reversed(posts) if post.state not in gone), None)


def is_told(posts: Sequence[Post], *, own: bool) -> bool:
    """Whether customers read of it as of something that goes on."""
    last = newest(posts, own=own)
    return last is not None and last.status is not PublicStatus.RESOLVED


def goes_on(posts: Sequence[Post], page: StatusPagePolicy) -> bool:
    """Whether customers read of it as of something that goes on, on either page."""
    return is_told(posts, own=page.own) or (page.hosted and is_told(posts, own=False))


def next_episode(posts: Sequence[Post]) -> int:
    """Return the episode that the next post belongs to: a new one only once an end stands on every page.

    An end that failed, or is still on its way, leaves the provider's incident open, and the next words go there.
    """
    last = next((post for post in reversed(posts) if post.state is PostState.PUBLISHED), None)
    if last is None:
        return 1
    return last.episode + 1 if last.status is PublicStatus.RESOLVED else last.episode


def provider_id(posts: Iterable[Post], episode: int) -> str:
    """Return the provider's id of an episode; "" while it has confirmed none."""
    return next((post.provider_id for post in posts if post.episode == episode and post.provider_id), "")


def standing(posts: Iterable[Post], episode: int) -> Mapping[str, ComponentState]:
    """Return the state of each service that an episode speaks of, as its newest post says."""
    return {one.service: one.state for post in posts if post.episode == episode for one in post.components}


_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_OURS: Final = re.compile(r"https?:|www\.|[@#`{}<>\\/_=|]|\b\w+\.\w{2,}|\bsev\b", re.IGNORECASE)
_AMOUNT: Final = re.compile(
    r"\d|[$€£¥₹%]|\b(?:euros?|dollars?|pounds?|money"
    r"|revenue|turnover|sales|costs?|los[et]\w*|loss\w*|penalt\w+|per ?cent"
    r"|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twent\w+|thirt\w+|fort(?:y|ies)|fift\w+|sixt\w+"
    r"|sevent\w+|eight\w+|ninet\w+|dozens?|hundreds?|thousands?|[mb]illions?|half|halves|thirds?|quarters?|majority)\b",
    re.IGNORECASE,
)
"""Figures of any kind: how many customers are hit is as much a secret as what it costs."""

_DELICATE: Final = re.compile(
    r"\b(?:attack\w*|hack\w*|breach\w*|leak\w*|stole\w*|steal\w*|theft|fraud\w*|ransom\w*|polic(?:e|ing)|legal\w*"
    r"|lawyers?|lawsuits?|regulat\w+|fine[sd]|blam\w+|fault)\b",
    re.IGNORECASE,
)
"""What only people decide to say, and how."""


def sayable(text: str, ours: Iterable[Sequence[str]], public: Mapping[str, str], people: Iterable[str] = ()) -> str:
    """Return the sentences of a text that customers may read as they are.

    `ours` are the names of each service, its key first; where customers know the service by a name in `public`, that
    takes their place. `people` are names that are known. A sentence is left out that names another service, a figure, a
    person, a channel, an address, or anything that looks like code or like a name within it: a draft rather says too
    little. It is no proof: somebody reads the preview.
    """
    known, names = tuple(ours), {part.casefold() for name in people for part in name.split()}
    kept = []
    for sentence in filter(None, (part.strip() for part in _SENTENCE.split(text))):
        told = _renamed(sentence, known, public)
        left_out = any(one.search(told) for one in (_OURS, _AMOUNT, _DELICATE)) or _somebody(told, names, public)
        if told and not left_out:
            kept.append(told if told[-1] in ".!?" else f"{told}.")
    return " ".join(kept)


def _somebody(told: str, names: Collection[str], public: Mapping[str, str]) -> bool:
    """Whether a sentence seems to name a person or a company: a known name, or a capital letter within it."""
    for name in sorted(public.values(), key=len, reverse=True):
        told = told.replace(name, "it")
    words = re.findall(r"\w+", told)
    within = any(word[0].isupper() and word != "I" for word in words[1:])
    return within or any(word.casefold() in names for word in words)


def _renamed(sentence: str, ours: Iterable[Sequence[str]], public: Mapping[str, str]) -> str:
    """Put customers' names in the place of ours; "" where there is none for one that is said."""
    told = sentence
    for names in ours:
        said = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
        wanted = public.get(names[0], "") if names else ""
        if said and re.search(rf"(?<!\w)(?:{said})(?!\w)", told, re.IGNORECASE):
            if not wanted:
                return ""
            # The customers' own name is put aside first, so that a word of ours within it is not replaced once more.
            pattern = rf"(?<!\w)(?:{re.escape(wanted)}|{said})(?!\w)"
            told = re.sub(pattern, lambda _, name=wanted: name, told, flags=re.IGNORECASE)  # type: ignore[misc]
            twice = rf"{re.escape(wanted)}(?:(?:,|\s+and|\s+or)\s+{re.escape(wanted)})+(?!\w)"
            told = re.sub(twice, lambda _, name=wanted: name, told)  # type: ignore[misc]
    return told
