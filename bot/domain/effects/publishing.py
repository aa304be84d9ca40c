"""The call that changes a provider's status page, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublishPost:
    """Put the incident's post of this number on the provider's page."""

    number: int


@dataclass(frozen=True, slots=True)
class PostFacts:
    """The provider has it: its id and address there. `overtaken`: a newer one stood there, so it was left out."""

    provider_id: str = ""
    url: str = ""
    overtaken: bool = False
