"""Which Python is taken."""

import sys

import pytest
from writeoff_setup.interpreter import find_python, seconds


@pytest.fixture
def own(programs, monkeypatch):
    """The Python that runs us: it takes 20 milliseconds for the trial."""
    monkeypatch.setattr("sys.version_info", (3, 11, 7))
    path = programs("python3", "echo 0.020")
    monkeypatch.setattr("sys.executable", str(path))
    return path


def test_a_python_that_odoo_does_not_support(run, monkeypatch, programs):
    monkeypatch.setattr("sys.version_info", (3, 15, 0))
    with pytest.raises(Exception, match="Python 3.10 to 3.13; this is 3.15"):
        find_python(run)
    python = programs("python3.12", "")
    assert find_python(run) == python


def test_a_clearly_faster_build_of_the_same_version_is_taken(run, own, programs):
    assert find_python(run) == own
    programs("python3.12", "echo 0.001")
    assert find_python(run) == own
    faster = programs("python3.11", "echo 0.012")
    assert find_python(run) == faster


@pytest.mark.parametrize("script", ["echo 0.019", "exit 1", "echo no Python"])
def test_a_build_that_is_no_better_is_not_taken(run, own, programs, script):
    programs("python3.11", script)
    assert find_python(run) == own


def test_what_was_chosen_is_kept_while_it_is_there(run, own, programs):
    faster = programs("python3.11", "echo 0.012")
    assert find_python(run) == faster
    programs("python3.11", "echo 0.030")
    assert find_python(run) == faster
    faster.unlink()
    assert find_python(run) == own


def test_the_trial_measures_this_python(run):
    assert 0 < seconds(run, sys.executable) < 60
