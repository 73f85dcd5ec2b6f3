"""Work that goes on beside other work, and ends with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .run import Run


@contextmanager
def beside(run: Run, work: Callable[[], None]) -> Iterator[None]:
    """Have `work` done in a thread while the body runs, and wait for it.

    What ends the body or the wait early ends the programs of both.
    """
    failed: list[BaseException] = []

    def do() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=do)
    thread.start()
    try:
        yield
        thread.join()
    except BaseException:
        run.end()
        thread.join()
        raise
    if failed:
        raise failed[0]
