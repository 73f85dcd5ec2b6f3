"""Failures are one sentence that says what to do."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from writeoff_setup.cli import main
from writeoff_setup.errors import SetupError, StepFailed, explain

SETUP = Path(__file__).parents[2] / "setup"


@pytest.mark.parametrize(
    "output, words",
    [
        ("tar: write error: No space left on device", "disk is full"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("E: Failed to fetch x  Temporary failure resolving 'mirror'", "network"),
        ("NewConnectionError: Failed to establish a new connection", "network"),
        ("E: Failed to fetch x  Hash Sum mismatch", "arrived broken"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "arrived broken"),
        ("dpkg-deb: error: unexpected end of file in archive", "arrived broken"),
    ],
)
def test_known_causes_are_named(output, words):
    assert words in explain(output)


def test_what_is_not_known_is_not_guessed():
    assert explain("Something else went wrong") is None


def fail(error):
    def command(_arguments):
        raise error

    return command


def test_a_failure_is_shown_without_a_traceback(capsys):
    with pytest.raises(SystemExit) as ended:
        main(fail(SetupError("The moon is full. Wait a night.")))
    assert ended.value.code == 1
    assert capsys.readouterr().err == "The moon is full. Wait a night.\n"


def test_a_full_disk_is_told_from_other_refusals(capsys):
    with pytest.raises(SystemExit):
        main(fail(OSError(errno.ENOSPC, "No space left on device", "/x")))
    assert "disk is full" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(fail(PermissionError(errno.EACCES, "Permission denied", "/x")))
    assert capsys.readouterr().err == "The system refused: Permission denied (/x).\n"


def test_the_log_is_named_after_its_last_lines():
    failure = StepFailed("It failed.", Path("/log"), "    last line")
    assert str(failure) == "It failed.\n    last line\nThe whole log: /log"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_everything_be_stopped(number):
    script = (
        "import os, time\n"
        "from writeoff_setup.cli import main\n"
        "def command(_arguments):\n"
        "    try:\n"
        f"        os.kill(os.getpid(), {int(number)})\n"
        "        time.sleep(9)\n"
        "    finally:\n"
        "        print('stopped what it started')\n"
        "main(command)\n"
    )
    argv = [sys.executable, "-c", script]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=SETUP, timeout=8)
    assert done.stdout == "stopped what it started\n"
    assert (done.returncode, done.stderr) == (128 + number, "")
