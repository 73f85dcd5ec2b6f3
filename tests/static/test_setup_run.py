"""Programs that the set-up runs: their output, their end."""

import subprocess
import sys
import time

import pytest
from writeoff_setup.cli import Stopped
from writeoff_setup.errors import SetupError, StepFailed
from writeoff_setup.run import end_group, need_tool, spawn, wait_for


def test_output_goes_to_the_log(run):
    run.call(["sh", "-c", "echo hello; echo there >&2"], "Greeting")
    assert "hello\nthere\n" in run.log.read_text()


def test_a_failure_names_the_log_and_shows_its_end(run):
    with pytest.raises(StepFailed, match=r"Greeting failed \(exit code 3\)") as failure:
        run.call(["sh", "-c", "echo no voice; exit 3"], "Greeting")
    assert "no voice" in str(failure.value)
    assert str(run.log) in str(failure.value)


def test_the_output_of_earlier_programs_is_not_blamed(run):
    run.call(["echo", "No space left on device"], "Talking")
    with pytest.raises(StepFailed, match="Greeting failed"):
        run.call(["false"], "Greeting")


def test_a_missing_program_is_named(run, programs):
    with pytest.raises(SetupError, match="'setpriv' is missing; it is needed to x"):
        need_tool("setpriv", "to x")
    with pytest.raises(SetupError, match="program setpriv is missing"):
        run.call(["setpriv"], "Something")


def test_an_interruption_ends_the_program_and_its_children(tmp_path, monkeypatch):
    mark = tmp_path / "alive"
    child = spawn(["sh", "-c", f"(sleep 1; touch {mark}) & wait"])

    def interrupted():
        raise Stopped(15)

    real, child.wait = (
        child.wait,
        lambda *given: real(*given) if given else interrupted(),
    )
    with pytest.raises(Stopped):
        wait_for(child)
    time.sleep(1.2)
    assert not mark.exists()


def test_what_does_not_listen_is_made_to_end():
    script = "import signal, time; signal.signal(15, 1); print(); time.sleep(60)"
    child = spawn([sys.executable, "-uc", script], stdout=subprocess.PIPE)
    child.stdout.readline()
    end_group(child, patience=0.2)
    assert child.returncode == -9
