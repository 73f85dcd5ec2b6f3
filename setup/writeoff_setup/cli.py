"""The frame around a command: signals, exit codes, failures in words."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from typing import NoReturn

from .errors import SetupError, explain_os_error


class Stopped(BaseException):
    """The run was told to end by a signal; what it started is stopped on the way."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def main(command: Callable[[list[str]], int]) -> NoReturn:
    """Run `command` with the arguments given, and end with its exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    signal.signal(signal.SIGINT, _interrupt)
    try:
        code = command(sys.argv[1:])
    except SetupError as error:
        code = _complain(str(error))
    except OSError as error:
        code = _complain(explain_os_error(error))
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except Stopped as stop:
        code = 128 + stop.number
    sys.exit(code)


def _interrupt(number: int, _frame: object) -> NoReturn:
    # a second Ctrl-C must not cut short what the first one has us stop
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _stop(number: int, _frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise Stopped(number)


def _complain(sentence: str) -> int:
    sys.stdout.flush()
    print(sentence, file=sys.stderr, flush=True)
    return 1
