"""What people typed, made harmless for documents: in HTML and in Markdown, as it was said or as they formatted it.

Texts hold people as `@{id}`; `names` gives the name to show for an id, which is as untrusted as the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from templates.mrkdwn import clean

Names = Mapping[str, str]

_PERSON: Final = re.compile(r"@\{([^{}\s]+)\}")
_URL: Final = re.compile(r"https?://[^\s<>\"'|\\^`{}]+")
_URL_TAIL: Final = ".,;:!?)]"
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>&|~#$!])")
_IN_LINK: Final = re.compile(r"[^A-Za-z0-9\-._~:/?#@!$&'*+,;=%]")
_TAG_START: Final = re.compile(r"<(?=[A-Za-z/!?])")
_LINK_MIDDLE: Final = re.compile(r"\]([(:])")
_HEADING: Final = re.compile(r"(?<![^\s>])#{1,6}(?=\s|$)")
_UNDERLINE: Final = re.compile(r"(?<![^\s>])[=-]+(?=\s*$)")
_HEADING_SHIFT: Final = 3
_HEADING_MAX: Final = 6


def name_of(user: str, names: Names) -> str:
    """Return a person's name on one line; Firebell is Firebell, nobody is "nobody"."""
    if not user:
        return "nobody"
    return " ".join(_tidy(names.get(user) or ("Firebell" if user == "firebell" else user)).split())


def _tidy(text: str) -> str:
    """Drop what no file should hold: control characters, and halves of a letter that UTF-8 cannot write."""
    return clean(text).encode("utf-8", "replace").decode()


def with_names(text: str, names: Names) -> str:
    """Put names in place of tokens, as plain text."""
    return _PERSON.sub(lambda match: name_of(match[1], names), _tidy(text))


def html_verbatim(text: str, names: Names) -> Markup:
    """Show a text as it was said, for HTML: addresses become links, nothing else is markup; style keeps line breaks."""
    plain, parts, position = with_names(text, names), [], 0
    for match in _URL.finditer(plain):
        url = match[0].rstrip(_URL_TAIL)
        parts += [escape(plain[position : match.start()]), html_link(url, url)]
        position = match.start() + len(url)
    parts.append(escape(plain[position:]))
    return Markup("").join(parts)


def html_link(url: str, label: str) -> Markup | str:
    """Link an http(s) address, safe in HTML; anything else is shown as its label."""
    if not _URL.match(url):
        return escape(label)
    return Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(url, label)


def html_formatted(text: str, names: Names) -> Markup:
    """Render Markdown that somebody wrote in a section. No HTML and no pictures pass; headings sink below ours."""
    escaped = _PERSON.sub(lambda match: _SPECIAL.sub(r"\\\1", name_of(match[1], names)), _tidy(text))
    return Markup(_renderer().render(escaped))  # noqa: S704 - the renderer escapes whatever is not Markdown


class _Careful(MarkdownIt):
    """Links lead to the web or to a mailbox only; others stay text."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return re.match(r"(https?://|mailto:)", url, re.IGNORECASE) is not None


@cache
def _renderer() -> MarkdownIt:
    markdown = _Careful("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    markdown.core.ruler.push("sink_headings", lambda state: _sink(state.tokens))
    return markdown


def _sink(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _HEADING_SHIFT, _HEADING_MAX)}"
        for inner in token.children or ():
            if inner.type == "link_open":
                inner.attrSet("rel", "noopener noreferrer nofollow")


def md_verbatim(text: str, names: Names) -> str:
    """Show a text as it was said inside a line of Markdown; a line break becomes `<br>`, as it may stand in a table."""
    lines = with_names(text, names).strip().splitlines()
    return "<br>".join(_SPECIAL.sub(r"\\\1", " ".join(line.split())) for line in lines)


def md_link(url: str, label: str) -> str:
    """Link an http(s) address in Markdown; anything else leaves nothing."""
    if not _URL.match(url):
        return ""
    return f"[{label}]({_IN_LINK.sub(lambda match: _percent(match[0]), url)})"


def md_formatted(text: str, names: Names) -> str:
    """Quote Markdown that somebody wrote: emphasis, lists and code stay; headings, links, pictures and HTML do not.

    A quotation ends with its last line, so that nothing left open in it reaches what follows.
    """
    # A tab would be as wide as the quotation's mark lets it be, and change what is code.
    lines = with_names(text, names).strip().expandtabs(4).split("\n")
    safe = [_harmless(line) for line in lines]
    for token in _renderer().parse("\n".join(safe)):
        if token.type == "fence" and token.map:
            inside = slice(token.map[0] + 1, token.map[1])
            safe[inside] = lines[inside]
    return "\n".join(f"> {line}".rstrip() for line in safe)


def _harmless(line: str) -> str:
    """Write what could begin HTML, a link or a heading as an entity, which Markdown never takes for structure."""
    line = _TAG_START.sub("&lt;", line)
    line = _LINK_MIDDLE.sub(lambda match: f"]&#{ord(match[1])};", line)
    line = _HEADING.sub(lambda match: f"&#35;{match[0][1:]}", line)
    return _UNDERLINE.sub(lambda match: f"&#{ord(match[0][0])};{match[0][1:]}", line)


def _percent(letters: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letters.encode("utf-8", "replace"))
