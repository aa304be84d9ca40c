"""An archive that cannot be written to its end leaves a sentence behind, and nothing else."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.store.archive import ArchiveError, Manifest, Writer

ROOM = 64 * 1024
"""Bytes that a file may have: what a disk says that is full, the system says here of a file that is too long."""


@pytest.fixture
def little_room() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def a_large_blob(writer: Writer) -> None:
    writer.blob("digest", os.urandom(4 * ROOM))


def many_rows(writer: Writer) -> None:
    with writer.table("events") as add:
        for _ in range(400):
            add({"data": os.urandom(500).hex()})


def an_end_that_does_not_fit(writer: Writer) -> None:
    writer.blob("digest", os.urandom(ROOM - 200))
    writer.finish(Manifest(made_at=0, made_by="firebell", engine="sqlite", revision="0001"))


@pytest.mark.usefixtures("little_room")
@pytest.mark.parametrize("write", [a_large_blob, many_rows, an_end_that_does_not_fit])
def test_a_full_disk_is_told_and_leaves_no_half_archive(write: Callable[[Writer], None], tmp_path: Path) -> None:
    with (
        pytest.raises(ArchiveError, match=r"backup\.zip cannot be written: "),
        Writer(tmp_path / "backup.zip") as writer,
    ):
        write(writer)
    assert list(tmp_path.iterdir()) == []


def test_trouble_elsewhere_is_told_as_it_is_and_leaves_no_half_archive(tmp_path: Path) -> None:
    with (
        pytest.raises(ConnectionError, match="database"),
        Writer(tmp_path / "backup.zip") as writer,
        writer.table("events"),
    ):
        raise ConnectionError("the database went away")
    assert list(tmp_path.iterdir()) == []
