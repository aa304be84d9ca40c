"""What the contract suite needs of an integration to try it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from bot.domain import effects as f
from bot.domain import notices as n
from bot.domain.bulletins import Kind
from bot.domain.subscriptions import Kind as Topic
from bot.domain.subscriptions import Subscription
from bot.ports import Performer, View
from tests.domain.world import START, World
from tests.integrations.paper import PaperDesk

EXAMPLES: Final[Sequence[f.Effect]] = (
    f.OpenRoom(),
    f.InviteToRoom(users=("UANA",), groups=("oncall",)),
    f.RemoveFromRoom(("UANA",)),
    f.PostCard(f.CARD),
    f.PostCard(f.SUMMARY_CARD),
    f.RefreshCard(f.CARD),
    f.SetTopic(),
    f.PinCard(),
    f.AddBookmark("dashboard:checkout"),
    f.AddBookmark("summary"),
    f.PostMessage(f.ROOM, n.NoCommander(5)),
    f.PostMessage("summary", n.NoCommander(5), broadcast=True),
    f.TellAudience("followers", n.NoCommander(5)),
    f.DirectMessage("UBEA", n.NoCommander(5)),
    f.PostBulletin(Kind.ROLL_UP, START),
    f.SendEmail("UBEA", n.IncidentAnnounced(), Subscription("UBEA", Topic.EVERYTHING)),
    f.EditMessage(f.CARD, n.NoCommander(5)),
    f.FetchMessage("C0INCIDENTS", "1.000001", None, "UANA"),
    f.ReadRoom(START),
    f.CollectPanels("asked", START, START),
    f.ShareCharts("charts", "asked"),
    f.RenderPostmortem(1),
    f.ShareDocument(1, "md", "document"),
    f.RemoveFiles(("F0GONE",)),
    f.PageOnCall(1),
    f.RequestResponders(1, 0),
    f.AcknowledgePage(1, "UBEA"),
    f.ResolvePage(1, "UBEA", "It is over"),
    f.PublishPost(1),
    f.WriteCanvas(),
    f.OpenCall(),
    f.ArchiveRoom(START),
    f.ReopenRoom(),
)
"""At least one of every kind, in an order in which they can be performed."""


@dataclass
class Stage:
    """An integration on an incident. `footprint` says what its outside system holds; `secrets` must never be told."""

    performer: Performer
    world: World
    footprint: Callable[[], Awaitable[object]]
    secrets: Sequence[str] = ()
    desk: PaperDesk = field(default_factory=PaperDesk)
    _views: int = 0

    @property
    def examples(self) -> Sequence[f.Effect]:
        """What this integration performs."""
        return [effect for effect in EXAMPLES if type(effect).__name__ in self.performer.handlers]

    def view(self) -> View:
        """Return what a handler sees on a first attempt."""
        self._views += 1
        return View(self.world.it, self.world.policy, f"key{self._views}")


@dataclass(frozen=True)
class Case:
    """How to run an integration on its system (`alive`), and with nobody there (`dead`; None if it needs nobody)."""

    alive: Callable[[], AbstractAsyncContextManager[Stage]]
    dead: Callable[[], AbstractAsyncContextManager[Stage]] | None = None
