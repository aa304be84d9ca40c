"""In CI nothing is left out unseen: with FIREBELL_FORBID_SKIPS=1 a skipped test is a failed one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BODIES = {
    "by a mark": "@pytest.mark.skip(reason='no browser')\ndef test_it(): pass\n",
    "while it runs": "def test_it(): pytest.skip('no browser')\n",
    "by a fixture": "@pytest.fixture\ndef browser(): pytest.skip('no browser')\ndef test_it(browser): pass\n",
    "as a module": "pytest.skip('no browser', allow_module_level=True)\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("forbidden", [False, True])
def test_a_skip_fails_only_where_skips_are_forbidden(tmp_path: Path, forbidden: bool) -> None:
    for number, body in enumerate(BODIES.values()):
        (tmp_path / f"test_{number}.py").write_text(f"import pytest\n{body}", encoding="utf-8")
    options = ["-ra", "-p", "tests.conftest", f"--rootdir={tmp_path}", "--continue-on-collection-errors"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    variables = {**os.environ, "FIREBELL_FORBID_SKIPS": "1" if forbidden else "0"}

    ended = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode == 0) is not forbidden, ended.stdout
    assert (f"{len(BODIES)} skipped" in ended.stdout) is not forbidden
    refused = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    assert len(refused) == (len(BODIES) if forbidden else 0), ended.stdout
    assert ("skipped although skips are forbidden" in ended.stdout) is forbidden
