"""`./arpent test --quick`: which tests it runs, on a file that has one of each kind."""

import os
import subprocess
from pathlib import Path

from gis_core.operations.environment import PYTHON, ROOT
from gis_core.operations.test_run import NO_DATABASE

ONE_OF_EACH = """
import socket, subprocess, sys
import pytest
from django.db import connection

def test_alone(): pass
def test_of_a_database(db): pass
@pytest.mark.browser
def test_of_a_browser(): pass
def test_of_another_process(): subprocess.run([sys.executable, "-c", ""])
def test_of_a_socket(): socket.create_server(("127.0.0.1", 0))
def test_that_reaches_for_the_database_unasked(): connection.ensure_connection()
"""


def quick(path: Path) -> list[str]:
    """What a quick run says of the tests that are there, the word of each beside its name."""
    words = ["-m", "pytest", "--quick", "-v", "-p", "tests.collection", "-p", "no:cacheprovider"]
    where = ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), str(path)]
    env = os.environ | NO_DATABASE
    done = subprocess.run([PYTHON, *words, *where], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


def test_a_quick_run_is_of_what_needs_nothing_but_its_process(tmp_path: Path) -> None:
    path = tmp_path / "test_one_of_each.py"
    path.write_text(ONE_OF_EACH)
    said = [line.partition("::")[2].split()[:2] for line in quick(path) if "::test" in line and "%" in line]
    assert dict(said) == {
        "test_alone": "PASSED",
        "test_of_another_process": "SKIPPED",
        "test_of_a_socket": "SKIPPED",
        "test_that_reaches_for_the_database_unasked": "FAILED",
    }


def test_a_file_whose_tests_all_have_a_database_is_not_even_imported(tmp_path: Path) -> None:
    text = "import pytest\npytestmark = [pytest.mark.django_db]\nraise AssertionError\n"
    (tmp_path / "test_marked.py").write_text(text)
    assert "no tests ran" in quick(tmp_path)[-1]
