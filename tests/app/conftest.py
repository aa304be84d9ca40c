"""Words of the command line set logging up for their process; here it is put back for the next test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.conftest import log_plainly


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    log_plainly()
    root.handlers[:] = handlers
    root.setLevel(level)
