"""Progress lines, of one thing after the other or of several at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Progress:
    """Prints what is begun, and how it ended behind it where nothing came between."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: str | None = None

    def say(self, text: str) -> None:
        """Print one line."""
        with self._lock:
            self._finish_line()
            print(text, flush=True)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print `title`, and the time when it is done."""
        started = time.monotonic()
        self._begin(title)
        try:
            yield
        except BaseException:
            self._end(title, "failed")
            raise
        self._end(title, f"{time.monotonic() - started:.1f} s")

    def _begin(self, title: str) -> None:
        with self._lock:
            self._finish_line()
            print(f"{title} ...", end="", flush=True)
            self._open = title

    def _end(self, title: str, how: str) -> None:
        with self._lock:
            if self._open == title:
                print(f" {how}", flush=True)
                self._open = None
            else:
                self._finish_line()
                print(f"{title}: {how}", flush=True)

    def _finish_line(self) -> None:
        if self._open:
            print(flush=True)
            self._open = None
