"""The postmortem: that it is there, and what in it waits for people."""

from __future__ import annotations

from slack_sdk.models.blocks import Block, ButtonElement

from bot.domain import notices as n
from bot.domain.decisions.documents import SECTIONS
from bot.domain.model import Incident
from templates.actions import Action, value_for
from templates.layout import actions, button, link_button, message, section
from templates.message import Message
from templates.mrkdwn import link
from templates.scene import Scene
from templates.wording import say
from templates.words import listed, plural, section_word

ITEMS_SHOWN = 8
ACTION_ITEMS = "action_items"


def render(notice: n.PostmortemReady | n.PostmortemNudge, scene: Scene) -> Message:
    match notice:
        case n.PostmortemReady(version=version):
            return ready(version, scene)
        case n.PostmortemNudge(open_sections=open_sections):
            return nudge(open_sections, scene)


def ready(version: int, scene: Scene) -> Message:
    """Links to the files, each section with its Edit button, and the action items."""
    incident = scene.incident
    open_count = sum(1 for key in SECTIONS if not _written(incident, key))
    files = [link(file.permalink, file.name) for file in incident.postmortem.files if file.permalink]
    words = say("notices.postmortem_ready", name=scene.name, edition=version, files=files, open_count=open_count)
    waits = f"postmortem ready, {plural(open_count, 'section')} open" if open_count else "postmortem ready"
    return message(
        scene.push(waits),
        section(words),
        *(section_block(incident, key) for key in SECTIONS),
        items_block(incident),
        actions(
            link_button("Open postmortem", scene.links.postmortem_url),
            button("Add action item", Action.OPEN_ACTION_ITEM, scene.value),
            button("Write again", Action.WRITE_POSTMORTEM, scene.value),
        ),
    )


def section_block(incident: Incident, key: str) -> Block:
    """One section that people own, with its Edit button."""
    label = section_word(key)
    if _written(incident, key):
        words = say("notices.section_written", label=label, text=incident.sections[key].text)
    else:
        words = say("notices.section_open", label=label)
    return section(words, accessory=edit_section(incident, key))


def edit_section(incident: Incident, key: str) -> ButtonElement:
    return button("Edit", Action.EDIT_SECTION, value_for(incident, section=key))


def items_block(incident: Incident) -> Block:
    items = incident.action_items
    return section(say("notices.action_items", items=items[:ITEMS_SHOWN], left=max(0, len(items) - ITEMS_SHOWN)))


def nudge(open_sections: tuple[str, ...], scene: Scene) -> Message:
    """On the next working day: which sections still wait, each with its button."""
    incident = scene.incident
    names = listed([section_word(key).lower() for key in open_sections])
    blocks: list[Block] = [section_block(incident, key) for key in open_sections if key in SECTIONS]
    add = button("Add action item", Action.OPEN_ACTION_ITEM, scene.value) if ACTION_ITEMS in open_sections else None
    return message(
        scene.push("postmortem waits for you"),
        section(say("notices.nudge", name=scene.name, sections=names)),
        *blocks,
        actions(link_button("Open postmortem", scene.links.postmortem_url), add),
    )


def _written(incident: Incident, key: str) -> bool:
    written = incident.sections.get(key)
    return written is not None and bool(written.text.strip())
