"""To legal and command by direct message: possible duties that came up, fall due, or are left over."""

from __future__ import annotations

from slack_sdk.models.blocks import Block

from bot.domain import duties
from bot.domain import notices as n
from bot.domain.regulation import PASSED, QUESTIONS
from templates.actions import RULE, Action, value_for
from templates.duties import blocks, quiet_push, rule_name, step_name
from templates.layout import actions, button, context, message, section
from templates.message import Message
from templates.mrkdwn import Mrkdwn, date
from templates.scene import Scene
from templates.wording import say

RegulatoryNotice = n.DutiesArisen | n.DutiesDue | n.DutiesOutstanding | n.DeciderWanted


def render(notice: RegulatoryNotice, scene: Scene) -> Message:
    match notice:
        case n.DutiesArisen(regulations=rules):
            return arisen(rules, scene)
        case n.DutiesDue():
            return due(notice, scene)
        case n.DutiesOutstanding(occasion=occasion):
            return outstanding(occasion, scene)
        case n.DeciderWanted():
            return decider(notice, scene)


def arisen(rules: tuple[str, ...], scene: Scene) -> Message:
    known = [key for key in rules if key in scene.incident.duties]
    words = say(
        "regulatory.arisen",
        name=scene.name,
        count=len(rules),
        unowned=_unowned(scene),
        private=scene.incident.private,
        command=scene.links.command,
    )
    return message(_push(scene, "possible duty, legal decides"), section(words), more=_blocks(scene, known))


def _unowned(scene: Scene) -> bool:
    """Whether no lawyer may be told: then the message went to command."""
    reachable = scene.policy.legal_group and not scene.incident.private
    return not reachable and not scene.incident.roles.get(duties.LEGAL)


def due(notice: n.DutiesDue, scene: Scene) -> Message:
    """What falls due, with the buttons of the duties concerned."""
    late = any(one.percent >= PASSED for one in notice.reminders)
    lines = [
        {
            "rule": rule_name(one.regulation, scene.policy),
            "step": step_name(one.regulation, one.step, scene.policy),
            "percent": one.percent,
            "due": date(one.due_at),
        }
        for one in notice.reminders
    ]
    rules = [key for key in dict.fromkeys(one.regulation for one in notice.reminders) if key in scene.incident.duties]
    return message(
        _push(scene, "a possible duty is overdue" if late else "a possible duty falls due"),
        section(say("regulatory.due", reminders=lines)),
        context(say("regulatory.due_foot", name=scene.name)),
        more=_blocks(scene, rules),
    )


def outstanding(occasion: str, scene: Scene) -> Message:
    """What is left to do, as things stand when it is sent."""
    left = duties.open_clocks(scene.incident, scene.policy)
    gone = duties.orphans(scene.incident, scene.policy)
    rules = list(dict.fromkeys((*(clock.regulation for clock in left), *(one.regulation for one in gone))))
    words = say("regulatory.outstanding", name=scene.name, occasion=occasion, count=len(left) + len(gone))
    return message(_push(scene, "possible duties are left"), section(words), more=_blocks(scene, rules))


def decider(notice: n.DeciderWanted, scene: Scene) -> Message:
    question = QUESTIONS[notice.trigger]
    rule = rule_name(notice.regulation, scene.policy)
    words = say("regulatory.decider", name=scene.name, rule=rule, question=question)
    answer = button("Answer", Action.DUTY_STARTED, value_for(scene.incident, **{RULE: notice.regulation}))
    return message(_push(scene, "your word is asked for"), section(words), actions(answer))


def _push(scene: Scene, ask: str) -> Mrkdwn:
    return quiet_push(scene.incident, scene.policy, ask)


def _blocks(scene: Scene, rules: list[str]) -> list[Block | None]:
    return blocks(scene.incident, scene.policy, rules, now=scene.now)
