"""The form for customers' words: written, previewed, and published only as they were previewed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.models.blocks import Block

from bot.domain.model import Incident
from bot.domain.policy import Policy
from bot.domain.publishing import Component, ComponentState, PublicStatus, is_told, newest
from templates import customers
from templates.actions import AFTER, SEEN, Form
from templates.customers import NO_PAGE, PostForm
from templates.layout import divider, option
from templates.modals.building import for_incident, menu_input, modal, note, text_input
from templates.modals.reading import Reader
from templates.wording import say
from templates.words import name_of

COMPONENT: Final = "component:"
"""How the block of a service's state begins; its key follows."""


def publish_view(incident: Incident, policy: Policy, form: PostForm, *, others: str = "") -> dict[str, Any]:
    """Draw the form. With a preview shown its button publishes, else it shows the preview.

    `others` is who published while this was written.
    """
    page = policy.status_page or NO_PAGE
    ready = bool(form.seen) and form.seen == form.digest
    extra = {SEEN: form.seen} | ({} if form.after_post is None else {AFTER: str(form.after_post)})
    blocks: list[Block | None] = [
        note(say("customers.other_post", by=others), "other_post") if others else None,
        note(say("customers.check"), "check") if ready else note(say("customers.form", hosted=page.hosted)),
        note(customers.words_of(form, page), "preview") if ready else _says_now(incident, policy),
        divider(),
        *_inputs(incident, policy, form),
    ]
    submit = "Publish" if ready else "Preview"
    return modal(Form.PUBLISH, "Status page", blocks, value=for_incident(incident, **extra), submit=submit)


def _says_now(incident: Incident, policy: Policy) -> Block:
    own = bool(policy.status_page and policy.status_page.own)
    last = newest(incident.posts, own=own) if is_told(incident.posts, own=own) else None
    if last is None:
        return note(say("customers.says_nothing", name=name_of(incident)), "says_now")
    status = customers.STATUSES[last.status]
    return note(say("customers.says_now", title=last.title, status=status, text=last.text), "says_now")


def _inputs(incident: Incident, policy: Policy, form: PostForm) -> list[Block]:
    page = policy.status_page or NO_PAGE
    states = {one.service: one.state.value for one in form.components}
    choices = [option(word, state.value) for state, word in customers.STATES.items()]
    statuses = [option(word, status.value) for status, word in customers.STATUSES.items()]
    return [
        text_input("title", "Title", initial=form.title, optional=False),
        text_input("text", "What customers read", initial=form.text, optional=False, multiline=True),
        menu_input("status", "Status", statuses, initial=form.status.value),
        *(
            menu_input(f"{COMPONENT}{one.key}", one.name, choices, initial=states.get(one.key, ""), optional=True)
            for one in customers.offered(incident, page, form)
        ),
    ]


def parse_publish(view: Mapping[str, Any]) -> PostForm:
    """Read the submitted form; raises `FormError`."""
    reader = Reader(view)
    status = reader.choice("status")
    form = PostForm(
        title=reader.text("title", need="Say in a few words what customers notice."),
        text=reader.text("text", need="Say what customers notice and what they can do."),
        status=PublicStatus(status) if status in set(PublicStatus) else PublicStatus.INVESTIGATING,
        components=_components(reader),
        after_post=reader.number(AFTER),
        seen=reader.value.extra.get(SEEN, ""),
    )
    reader.finish()
    return form


def _components(reader: Reader) -> tuple[Component, ...]:
    chosen = ((block.removeprefix(COMPONENT), reader.choice(block)) for block in reader.blocks() if _is_state(block))
    return tuple(Component(key, ComponentState(state)) for key, state in chosen if state in set(ComponentState))


def _is_state(block: str) -> bool:
    return block.startswith(COMPONENT)
