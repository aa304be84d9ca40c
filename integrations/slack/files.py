"""Charts and documents: uploaded in steps, each settled before the next, so that nothing is shared twice.

Slack's way (docs.slack.dev/messaging/working-with-files): an address is given out, the bytes go there, the upload is
completed into a channel. Only the last step is seen by people. The id of every file whose bytes have arrived is kept as
progress; whether the last step happened is read from files.info.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.domain import effects as f
from bot.domain.model import Incident, Room
from bot.errors import IntegrationError, Reason
from bot.ports import Desk, View
from integrations.slack.errors import SlackError
from integrations.slack.workspace import Workspace, room_of


class Picture(Protocol):
    """A drawn chart: a PNG, its file name, and what it shows in words."""

    @property
    def name(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def alt(self) -> str: ...


class Draw(Protocol):
    """Draws stored panels; `panels` is the JSON document that was kept, `moment` why it was taken."""

    async def __call__(self, panels: bytes, incident: Incident, moment: str) -> Sequence[Picture]: ...


@dataclass(frozen=True, slots=True)
class _Upload:
    name: str
    title: str
    data: bytes
    alt: str = ""


class Files:
    """Handlers of effects that upload or remove files."""

    def __init__(self, workspace: Workspace, draw: Draw) -> None:
        self._workspace = workspace
        self._client = workspace.client
        self._draw = draw

    async def share_charts(self, effect: f.ShareCharts, view: View, desk: Desk) -> f.Facts:
        """Draw stored panels and share the pictures in one message."""
        pictures = await self._draw(await _blob(desk, effect.blob), view.incident, effect.moment)
        uploads = [_Upload(one.name, one.alt, one.data, one.alt) for one in pictures]
        return await self._share(uploads, view, desk)

    async def share_document(self, effect: f.ShareDocument, view: View, desk: Desk) -> f.Facts:
        """Share one rendering of the postmortem."""
        label = view.incident.label
        name = f"{label.lower()}-postmortem-v{effect.version}.{effect.format}"
        upload = _Upload(name, f"{label} postmortem, version {effect.version}", await _blob(desk, effect.blob))
        return await self._share([upload], view, desk)

    async def find_shared(self, _effect: f.ShareCharts | f.ShareDocument, view: View, _desk: Desk) -> f.Facts | None:
        """Return the files if an earlier attempt's last step did happen."""
        return await self._shared(view)

    async def remove(self, effect: f.RemoveFiles, _view: View, desk: Desk) -> f.Facts:
        """Delete files; those that are gone already are no trouble."""
        for file_id in effect.file_ids:
            try:
                await self._client.call("files.delete", desk=desk, file=file_id)
            except SlackError as error:
                if error.code not in ("file_not_found", "file_deleted"):
                    raise
        return f.Done()

    async def _shared(self, view: View) -> f.FileFacts | None:
        sent = _sent(view.progress)
        if not sent:
            return None
        channel, rows = room_of(view).channel, []
        for file_id in sent:
            row = await self._info(file_id)
            if row is None or not _is_shared_in(row, channel):
                return None
            rows.append(row)
        return _facts(rows)

    async def _share(self, uploads: Sequence[_Upload], view: View, desk: Desk) -> f.Facts:
        if not uploads:
            return f.Done()
        if len(_sent(view.progress)) == len(uploads) and (done := await self._shared(view)):
            return done
        room, progress = room_of(view), dict(view.progress)
        for number, upload in enumerate(uploads):
            if _step(number) not in progress:
                progress[_step(number)] = await self._send(upload, desk)
                await desk.checkpoint(progress)
        sent = [progress[_step(number)] for number in range(len(uploads))]
        await self._complete(sent, uploads, room, desk)
        rows = [await self._info(file_id) or {"id": file_id} for file_id in sent]
        return _facts(rows)

    async def _send(self, upload: _Upload, desk: Desk) -> str:
        answer = await self._client.call(
            "files.getUploadURLExternal",
            desk=desk,
            filename=upload.name,
            length=len(upload.data),
            alt_txt=upload.alt or None,
        )
        await self._client.upload(str(answer["upload_url"]), upload.data)
        return str(answer["file_id"])

    async def _complete(self, sent: Sequence[str], uploads: Sequence[_Upload], room: Room, desk: Desk) -> None:
        await self._client.call(
            "files.completeUploadExternal",
            desk=desk,
            files=[{"id": file_id, "title": one.title} for file_id, one in zip(sent, uploads, strict=True)],
            channel_id=room.channel,
            thread_ts=room.thread_ts,
        )

    async def _info(self, file_id: str) -> Mapping[str, Any] | None:
        """Describe a file; None when Slack cannot or will not."""
        try:
            row: Mapping[str, Any] = (await self._client.call("files.info", file=file_id))["file"]
        except SlackError as error:
            if error.code not in ("file_not_found", "file_deleted"):
                raise
            return None
        return row


async def _blob(desk: Desk, digest: str) -> bytes:
    data = await desk.blob(digest)
    if data is None:
        raise IntegrationError(Reason.CLIENT, "What was to be shared is no longer stored.")
    return data


def _step(number: int) -> str:
    return f"file:{number}"


def _sent(progress: Mapping[str, str]) -> list[str]:
    return [progress[_step(number)] for number in range(len(progress)) if _step(number) in progress]


def _is_shared_in(row: Mapping[str, Any], channel: str) -> bool:
    shares = row.get("shares") or {}
    return any(channel in (shares.get(kind) or {}) for kind in ("public", "private"))


def _facts(rows: Sequence[Mapping[str, Any]]) -> f.FileFacts:
    return f.FileFacts(
        file_ids=tuple(str(row["id"]) for row in rows),
        names=tuple(str(row.get("name") or "") for row in rows),
        permalinks=tuple(str(row.get("permalink") or "") for row in rows),
    )
