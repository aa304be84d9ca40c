"""Reads the part of PromQL that incident panels use into a tree; anything else is refused with the place.

Numbers, selectors with matchers, a range and an offset, aggregations with by or without, function calls, ``+ - * / %``,
comparisons and ``or``. No subqueries, no ``@``, no vector matching with ``on`` or ``group_left``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


class PromqlError(ValueError):
    """The expression cannot be read or computed; the text is for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label; ``operator`` is one of ``= != =~ !~``."""

    label: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """Series by name and labels; ``window`` in seconds makes it a range (0: none), ``offset`` looks back in seconds."""

    metric: str
    matchers: tuple[Matcher, ...] = ()
    window: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """``labels`` are those to keep (``mode`` "by") or to drop ("without")."""

    operator: str
    mode: Literal["by", "without"]
    labels: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """An operator between two expressions."""

    operator: str
    left: Node
    right: Node


Node = Number | Selector | Call | Aggregation | Binary

AGGREGATIONS = frozenset({"sum", "avg", "min", "max", "count"})
# No panel is nested this deep, and Python's own stack must not be what refuses a query.
_DEEPEST = 60
_LEVELS = (("or",), ("==", "!=", ">", "<", ">=", "<="), ("+", "-"), ("*", "/", "%"))
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
_TOKEN = re.compile(
    r"""\s*(?:(?P<duration>(?:\d+(?:ms|[smhdwy]))+)
    |(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
    |(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<symbol>=~|!~|!=|==|>=|<=|[-+*/%(){}\[\],=<>]))""",
    re.VERBOSE,
)


def parse(text: str) -> Node:
    """Return the expression as a tree; raises PromqlError."""
    parser = _Parser(text)
    node = parser.binary(0)
    if parser.peek():
        raise PromqlError(f"parse error: unexpected {parser.peek()!r}")
    return node


def parse_duration(text: str) -> float:
    """Return seconds for ``5m``, ``1h30m`` and the like; raises PromqlError."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise PromqlError(f"not a valid duration string: {text!r}")
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


class _Parser:
    """Recursive descent over a list of (kind, text); each method reads one construct."""

    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def peek(self) -> str:
        """Return the next token, or an empty string at the end."""
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self.binary(level + 1)
        while self.peek() in _LEVELS[level]:
            operator = self._take()
            left = Binary(operator, left, self.binary(level + 1))
        return left

    def _unary(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PromqlError("parse error: the expression is nested too deeply")
        node = self._operand()
        self._depth -= 1
        return node

    def _operand(self) -> Node:
        if self.peek() == "-":
            self._take()
            return Binary("*", Number(-1.0), self._unary())
        kind = self._kind()
        if kind == "number":
            return Number(float(self._take()))
        if self.peek() == "(":
            self._take()
            node = self.binary(0)
            self._expect(")")
            return node
        if kind != "name" and self.peek() != "{":
            raise PromqlError(f"parse error: unexpected {self.peek() or 'end of input'!r}")
        return self._named()

    def _named(self) -> Node:
        name = self._take() if self._kind() == "name" else ""
        if name in AGGREGATIONS:
            return self._aggregation(name)
        if name and self.peek() == "(":
            return Call(name, self._arguments())
        return self._selector(name)

    def _aggregation(self, operator: str) -> Node:
        mode, labels = self._grouping()
        body = self._arguments()
        if not labels and self.peek() in ("by", "without"):
            mode, labels = self._grouping()
        if len(body) != 1:
            raise PromqlError(f"parse error: wrong number of arguments for aggregate expression {operator}")
        return Aggregation(operator, mode, labels, body[0])

    def _grouping(self) -> tuple[Literal["by", "without"], tuple[str, ...]]:
        if self.peek() not in ("by", "without"):
            return "by", ()
        mode: Literal["by", "without"] = "by" if self._take() == "by" else "without"
        self._expect("(")
        labels = []
        while self.peek() != ")":
            labels.append(self._label())
            if self.peek() == ",":
                self._take()
        self._expect(")")
        return mode, tuple(labels)

    def _arguments(self) -> tuple[Node, ...]:
        self._expect("(")
        found: list[Node] = []
        while self.peek() != ")":
            found.append(self.binary(0))
            if self.peek() != ",":
                break
            self._take()
        self._expect(")")
        return tuple(found)

    def _selector(self, metric: str) -> Node:
        matchers = self._matchers() if self.peek() == "{" else ()
        if not metric and not matchers:
            raise PromqlError("parse error: vector selector must contain at least one non-empty matcher")
        window = offset = 0.0
        if self.peek() == "[":
            self._take()
            window = parse_duration(self._take())
            self._expect("]")
        if self.peek() == "offset":
            self._take()
            offset = parse_duration(self._take())
        return Selector(metric, matchers, window, offset)

    def _matchers(self) -> tuple[Matcher, ...]:
        self._expect("{")
        found = []
        while self.peek() != "}":
            label, operator = self._label(), self._take()
            if operator not in ("=", "!=", "=~", "!~") or self._kind() != "string":
                raise PromqlError(f"parse error: unexpected {operator or 'end of input'!r} in label matching")
            found.append(Matcher(label, operator, _unquote(self._take())))
            if self.peek() == ",":
                self._take()
        self._expect("}")
        return tuple(found)

    def _label(self) -> str:
        if self._kind() != "name":
            raise PromqlError(f"parse error: unexpected {self.peek() or 'end of input'!r} in place of a label")
        return self._take()

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def _expect(self, symbol: str) -> None:
        if self.peek() != symbol:
            raise PromqlError(f"parse error: unexpected {self.peek() or 'end of input'!r}, expected {symbol!r}")
        self._at += 1


def _tokens(text: str) -> list[tuple[str, str]]:
    found = []
    text = text.strip()
    if not text:
        raise PromqlError("parse error: no expression found in input")
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise PromqlError(f"{at + 1}: parse error: unexpected character: {text[at]!r}")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
