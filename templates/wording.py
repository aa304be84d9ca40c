"""The words people read: Jinja2 blocks in `text/*.j2`, which an operator's folder may replace one by one.

A file of the same name in that folder holds `{% block name %}...{% endblock %}` for each wording it replaces; the rest
stays as shipped. What templates are given is data and never becomes template source; all of it is escaped unless it is
`Mrkdwn`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates.mrkdwn import Mrkdwn, escape, link, mention, prose

SHIPPED: Final = Path(__file__).parent / "text"


class WordingError(ValueError):
    """A wording file is wrong. The text names the file."""


class Wording:
    """All wordings in force. Raises `WordingError` when the folder is missing or one of its files cannot be used."""

    def __init__(self, folder: Path | None = None) -> None:
        self._shipped = _environment(SHIPPED)
        self._own = _environment(folder) if folder else None
        if folder:
            self._check(folder)

    def say(self, wording: str, /, **facts: object) -> Mrkdwn:
        """Write the wording `file.block` with these facts; one that it asks for and does not get is an error."""
        file, _, block = wording.partition(".")
        template = self._own_template(file)
        if template is None or block not in template.blocks:
            template = self._shipped.get_template(f"{file}.j2")
        written = "".join(template.blocks[block](template.new_context(facts)))
        return Mrkdwn("\n".join(line.rstrip() for line in written.strip().splitlines()))

    def _own_template(self, file: str) -> Template | None:
        if self._own is None:
            return None
        try:
            return self._own.get_template(f"{file}.j2")
        except TemplateNotFound:
            return None

    def _check(self, folder: Path) -> None:
        if self._own is None or not folder.is_dir():
            raise WordingError(f"{folder} is no folder. Make it, or leave the setting out.")
        for path in sorted(folder.glob("*.j2")):
            if not (SHIPPED / path.name).is_file():
                raise WordingError(f"{path}: there are no wordings of this name. Known: {_names(SHIPPED)}.")
            try:
                own = self._own.get_template(path.name)
            except TemplateError as error:
                raise WordingError(f"{path}: {error}") from error
            unknown = set(own.blocks) - set(self._shipped.get_template(path.name).blocks)
            if unknown:
                raise WordingError(f"{path}: there is no wording `{min(unknown)}` to replace.")


def _names(folder: Path) -> str:
    return ", ".join(path.name for path in sorted(folder.glob("*.j2")))


def _environment(folder: Path) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
    )
    environment.filters.update(prose=prose, mention=mention, link=link)
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, Mrkdwn):
        return value
    return escape(str(value))


class _Current:
    """The wording of this process: the shipped one until the composition root names an operator's folder."""

    folder: Path | None = None


def use_folder(folder: Path | None) -> None:
    """Let an operator's folder replace wordings from now on; `WordingError` (nothing changed) when it is unfit."""
    _load(folder)
    _Current.folder = folder


def say(wording: str, /, **facts: object) -> Mrkdwn:
    """Write a wording of the process; see `Wording.say`."""
    return _load(_Current.folder).say(wording, **facts)


@cache
def _load(folder: Path | None) -> Wording:
    return Wording(folder)
