"""Reading the Dockerfile: instructions in order, by stage."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"

WORDS = frozenset(
    ("FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD")
)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; `text` is what follows the word, lines joined."""

    word: str
    text: str

    def listed(self) -> list[str]:
        """Return the JSON list that the text ends with, as CMD, ENTRYPOINT and HEALTHCHECK carry it."""
        found: list[str] = json.loads(self.text[self.text.index("[") :])
        return found

    def pairs(self) -> dict[str, str]:
        """Return what an ENV sets."""
        return dict(re.findall(r"(\w+)=(\S+)", self.text))


def stages(text: str) -> list[list[Instruction]]:
    """Split a Dockerfile into stages, each beginning with its FROM; raises ValueError for what it does not know."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found: list[list[Instruction]] = []
    for line in joined.splitlines():
        word, _, rest = line.partition(" ")
        if word not in WORDS:
            raise ValueError(f"no instruction: {line}")
        if word == "FROM":
            found.append([])
        found[-1].append(Instruction(word, rest.strip()))
    return found


def ours() -> tuple[list[Instruction], list[Instruction]]:
    """Return the build stage and the final one."""
    build, final = stages(DOCKERFILE.read_text(encoding="utf-8"))
    return build, final


def environment(stage: list[Instruction]) -> dict[str, str]:
    return {name: value for one in stage if one.word == "ENV" for name, value in one.pairs().items()}
