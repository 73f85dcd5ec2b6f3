"""One run of a command: its progress lines, its logs, the programs it calls."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .cache import Cache
from .errors import SetupError, StepFailed, explain
from .progress import Progress

KEPT_LOGS = 20
TAIL_LINES = 12


def need_tool(name: str, why: str) -> str:
    """The path of a program of this machine; a sentence if it is missing."""
    if path := shutil.which(name):
        return path
    why = why.rstrip(".")
    raise SetupError(f"The program {name!r} is missing; it is needed {why}.")


class Run:
    """Says what happens, runs programs, and keeps what they print in log files."""

    def __init__(self, command: str, cache: Cache):
        self.cache = cache
        stamp = time.strftime("%Y%m%d-%H%M%S")
        self.logs = cache.home / "logs" / f"{stamp}-{command}-{os.getpid()}"
        self.logs.mkdir()
        self.log = self.logs / "setup.log"
        self._progress = Progress()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._ending = False
        self._drop_old_logs()

    def say(self, text: str) -> None:
        """Print one progress line."""
        self._progress.say(text)

    def step(self, title: str) -> AbstractContextManager[None]:
        """Print `title`, and the time when it is done."""
        return self._progress.step(title)

    def end(self) -> None:
        """End the programs that run, and start no others."""
        self._ending = True
        for child in list(self._children):
            end_group(child)

    def call(
        self,
        argv: Sequence[str | Path],
        what: str,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        log: Path | None = None,
    ) -> None:
        """Run a program to its end, its output in the log.

        Raises StepFailed, whose sentence names the cause if it is a known one and
        otherwise says that `what` failed.
        """
        log = log or self.log
        with open(log, "ab") as file:
            file.write(f"\n$ {' '.join(map(str, argv))}\n".encode())
            file.flush()
            start = file.tell()
            code = self._call(argv, stdout=file, env=env, cwd=cwd)
        if code:
            output = read_from(log, start)
            known = explain(output)
            sentence = known or f"{what} failed (exit code {code})."
            raise StepFailed(sentence, log, tail(output), bool(known))

    def _call(self, argv: Sequence[str | Path], **options: object) -> int:
        if self._ending:
            raise SetupError(f"{Path(argv[0]).name} was not started: the run ends.")
        child = spawn(argv, **options)
        self._children.add(child)
        try:
            return wait_for(child)
        finally:
            self._children.discard(child)

    def output(
        self,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        text: str | None = None,
    ) -> str:
        """What a program prints; StepFailed if it ends badly."""
        done = subprocess.run(
            [str(arg) for arg in argv],
            input=text or "",
            env=env,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            known = explain(done.stderr)
            sentence = known or f"{Path(argv[0]).name} failed."
            raise StepFailed(sentence, tail=tail(done.stderr), known=bool(known))
        return done.stdout

    def _drop_old_logs(self) -> None:
        old = sorted(self.logs.parent.iterdir())[:-KEPT_LOGS]
        for folder in old:
            shutil.rmtree(folder, ignore_errors=True)


def spawn(
    argv: Sequence[str | Path],
    *,
    stdout: object = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own, so that all of it can end."""
    try:
        return subprocess.Popen(
            [str(arg) for arg in argv],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout else None,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise SetupError(f"The program {argv[0]} is missing.") from error


def wait_for(child: subprocess.Popen[bytes]) -> int:
    """The exit code of `child`; whatever interrupts us ends it and its children."""
    try:
        return child.wait()
    except BaseException:
        end_group(child)
        raise


def end_group(child: subprocess.Popen[bytes], patience: float = 10) -> None:
    """Ask a spawned program and its children to end, then make them."""
    for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        try:
            os.killpg(child.pid, number)
            child.wait(wait)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def foreground(
    argv: Sequence[str | Path],
    env: Mapping[str, str],
    *,
    stdout: int | None = None,
    reader: object = None,
) -> int:
    """Run a program that talks with the terminal itself; returns its exit code.

    At a terminal Ctrl-C reaches the program without us. Elsewhere it stands in its
    own group and is sent the signals that we get.
    """
    at_terminal = sys.stdin.isatty()
    child = subprocess.Popen(
        [str(arg) for arg in argv],
        env=env,
        stdout=stdout,
        start_new_session=not at_terminal,
    )

    def pass_on(number: int, _frame: object) -> None:
        if at_terminal and number != signal.SIGINT:
            child.send_signal(number)
        elif not at_terminal and child.poll() is None:
            os.killpg(child.pid, number)

    with handling(pass_on):
        if reader:
            reader(child.stdout)
        code = child.wait()
    return 128 - code if code < 0 else code


@contextmanager
def handling(handler: object) -> Iterator[None]:
    """Have `handler` called for the signals that end a program."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def read_from(path: Path, start: int) -> str:
    """The text of `path` from byte `start` on."""
    with open(path, "rb") as file:
        file.seek(start)
        return file.read().decode(errors="replace")


def tail(text: str, lines: int = TAIL_LINES) -> str:
    """The last lines of `text`, indented."""
    last = [line for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join(f"    {line}" for line in last)
