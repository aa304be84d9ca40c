"""Nothing in the repository tells of the machine it was written on."""

from __future__ import annotations

import re

import pytest

from tests.architecture.tree import ROOT, papers

PACKAGE_HOSTS = "pypi|pythonhosted|npmjs|registry|artifactory|devpi|nexus"
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.$}/-])/(work|root|opt|Users|home/\w+)/",
    "a host that serves packages": rf"(?i)\b[\w.-]*({PACKAGE_HOSTS})[\w.-]*\.(org|com|io|net|dev|internal|example)\b",
    "an address inside a private network": r"\b(10\.\d+|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d+\.\d+\b",
    "an index of packages": r"(?i)(extra-index|(?<!no-emit-)index)-url",
}
HERE = "tests/architecture/test_words.py"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_holds_nothing_of(what: str) -> None:
    found = []
    for path in papers():
        name = path.relative_to(ROOT).as_posix()
        if name == HERE:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for match in re.finditer(FORBIDDEN[what], text)]
    assert found == []


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a path of one machine", "see /home/ana/firebell/notes"),
        ("a host that serves packages", "https://mirror.npmjs.example/left-pad"),
        ("an address inside a private network", "http://192.168.1.20:9090"),
        ("an index of packages", "--extra-index-url https://example.com"),
    ],
)
def test_what_is_looked_for_would_be_found(what: str, text: str) -> None:
    assert re.search(FORBIDDEN[what], text)
