"""What applies when firebell.yaml says nothing: four severities and the roles of the incident command system."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.domain.policy import RolePolicy, SeverityPolicy

SEVERITIES: Final = (
    SeverityPolicy(
        key="sev1",
        label="SEV1",
        rank=1,
        description="Customers cannot do what they came for, or data is at risk",
        cadence=timedelta(minutes=15),
        postmortem="required",
        announce_updates=True,
        unchanged_in_row=1,
        commander_absent=timedelta(minutes=20),
    ),
    SeverityPolicy(
        key="sev2",
        label="SEV2",
        rank=2,
        description="A main feature is broken or slow for many",
        cadence=timedelta(minutes=30),
        postmortem="required",
        announce_updates=True,
        commander_absent=timedelta(minutes=40),
    ),
    SeverityPolicy(
        key="sev3",
        label="SEV3",
        rank=3,
        description="Some are affected, or there is a way around it",
        cadence=timedelta(minutes=60),
        postmortem="optional",
        quiet_hours=True,
    ),
    SeverityPolicy(
        key="sev4",
        label="SEV4",
        rank=4,
        description="Hardly noticed; worth following up",
        cadence=timedelta(days=1),
        postmortem="none",
        quiet_hours=True,
        working_hours_only=True,
    ),
)

ROLES: Final = (
    RolePolicy(
        key="commander",
        label="Commander",
        duties=(
            "Decide what happens next; you need not fix anything yourself.",
            "Keep one list of what is being tried, and by whom.",
            "Say early when severity or status changes.",
        ),
        first_acts=(("Post an update", "update"), ("Hand out roles", "roles"), ("Check the severity", "severity")),
    ),
    RolePolicy(
        key="deputy",
        label="Deputy",
        duties=(
            "Stand beside the commander and be ready to take over.",
            "Watch the clock and what has been forgotten.",
        ),
        first_acts=(("See where it stands", "status"), ("Read the timeline", "timeline")),
    ),
    RolePolicy(
        key="communications",
        label="Communications lead",
        duties=(
            "Write the updates: what is affected, what is being done, when the next one comes.",
            "Answer stakeholders, so that responders need not.",
        ),
        first_acts=(("Post an update", "update"), ("Read the timeline", "timeline")),
    ),
    RolePolicy(
        key="scribe",
        label="Scribe",
        duties=(
            "Put decisions and findings on the timeline as they happen.",
            "React with :pushpin: to messages that matter.",
        ),
        first_acts=(("Add a note", "note"), ("Read the timeline", "timeline")),
    ),
    RolePolicy(
        key="operations",
        label="Operations lead",
        duties=(
            "Carry out what the commander decides, and say what you see.",
            "Prefer what can be undone; say so before doing what cannot.",
        ),
        first_acts=(("Draw the metrics", "metrics"), ("Add a note", "note")),
        many=True,
    ),
    RolePolicy(
        key="legal",
        label="Legal liaison",
        duties=(
            "Decide whether a possible duty to report applies, and since when.",
            "File what is owed in time, and record the reference.",
        ),
        first_acts=(("See possible duties", "regulatory"),),
        many=True,
    ),
    RolePolicy(
        key="liaison",
        label="Liaison",
        duties=("Speak for one group outside the room: a customer, a vendor, a partner.",),
        first_acts=(("See where it stands", "status"),),
        many=True,
    ),
)
