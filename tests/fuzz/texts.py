"""Text that people, or programs that pose as people, may send."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from commands.words import WORDS
from tests.templates.hostile import TEXTS

GHOST: Final = "U0GHOST999"
"""Nobody: mentioned only where text is plain, so that a live mention of it is one that escaped."""

SIGNS: Final = (
    *"<>!@#&|^*_~`{}%$\\/'\"\u202e\n\t ;:.,-",
    "<!channel>",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S0GHOST99>",
    f"<@{GHOST}>",
    "@{U0NOTATED1}",
    "<#C0GHOST99|x>",
    "<https://ghost.example|safe>",
    "&lt;!channel&gt;",
    "&amp;lt;",
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](https://ghost.example/p.png)",
    "](//ghost.example)",
    "../../etc/passwd",
    "\x00",
    "\x1b[31m",
    "🔥",
    "المتجر",
    "checkout",
    "returns 500s",
    "https://a.example/?q=<b>",
)

letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
scraps = st.lists(st.sampled_from(SIGNS) | letters, max_size=8).map("".join)
hostile = st.sampled_from(sorted(TEXTS.values()))
broken = st.sampled_from(("\ud800", "ok \udfff", "\ud83d"))
"""What JSON can write and no UTF-8 can carry."""

texts = st.one_of(scraps, scraps, letters, hostile)
"""Any valid text, up to some thousands of characters."""

arguments = st.sampled_from(
    (
        "",
        "sev1",
        "sev9",
        "SEV-2 worse",
        "sev4 it is better",
        "#1",
        "#2",
        "#3",
        "#999999999999",
        "commander",
        "scribe",
        "scribee",
        "@nobody",
        "<@U0SAMOKAF3|sam>",
        "commander <@U0BEALIND2|bea>",
        "<@U0ANARUIZ1> <@U0BEALIND2>",
        "mitigating",
        "monitoring we watch",
        "resolved",
        "all",
        "1",
        "7",
        "<!channel>",
        "<#C0ALERTS03|alerts>",
    )
)
words = st.sampled_from((*WORDS, *WORDS, "sev", "ic", "up", "fixed", "pm", "?", "stauts", "reslove", ""))


@st.composite
def lines(draw: st.DrawFn) -> str:
    """What may stand after `/incident`; mentions typed as text are escaped, as Slack does it."""
    parts = [draw(words), *draw(st.lists(arguments, max_size=2)), _escaped(draw(texts))]
    if draw(st.integers(0, 9)) == 0:
        parts.reverse()
    return draw(st.sampled_from((" ", " ", " ", "  ", "\n"))).join(parts)


def _escaped(text: str) -> str:
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Somebody's id typed where a command takes a person is that person: no text that came alive.
    return sent.replace("&lt;@U", "&lt;@ U")
