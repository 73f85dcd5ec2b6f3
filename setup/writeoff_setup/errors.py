"""Failures in words: every one says what is wrong and what to do next."""

from __future__ import annotations

import errno
from pathlib import Path

NO_NETWORK = (
    "temporary failure in name resolution",
    "temporary failure resolving",
    "could not resolve",
    "could not connect to",
    "failed to establish a new connection",
    "network is unreachable",
    "unable to connect to",
    "connection timed out",
    "connection refused",
    "max retries exceeded",
    "cannot connect to proxy",
)
BROKEN_DOWNLOAD = (
    "hash sum mismatch",
    "do not match the hashes",
    "file has unexpected size",
    "incompleteread",
    "incomplete-download",
    "not enough bytes",
    "unexpected end of file",
    "lzma_read: reading",
    "is not a valid wheel",
    "bad crc-32",
    "file is not a zip file",
    "the following signatures",
)
SENTENCES = (
    (
        ("no space left on device", "disk quota exceeded"),
        "The disk is full. Make room, or set WRITEOFF_HOME to a folder on a larger "
        "disk, and run this again; what was half done is thrown away.",
    ),
    (
        NO_NETWORK,
        "The network cannot be reached. Check the connection (and the proxy "
        "settings) and run this again; what is complete is kept.",
    ),
    (
        BROKEN_DOWNLOAD,
        "A download arrived broken (wrong checksum or cut short) and was thrown "
        "away. Run this again; if it stays, the mirror itself is damaged.",
    ),
)


class SetupError(Exception):
    """A sentence for the person at the terminal; shown without a traceback."""


class StepFailed(SetupError):
    """A program that the set-up ran ended badly; `known` if its output says why."""

    def __init__(
        self,
        sentence: str,
        log: Path | None = None,
        tail: str = "",
        known: bool = False,
    ):
        super().__init__(sentence)
        self.log = log
        self.tail = tail
        self.known = known

    def __str__(self) -> str:
        parts = [self.args[0]]
        if self.tail and not self.known:
            parts.append(self.tail)
        if self.log:
            parts.append(f"The whole log: {self.log}")
        return "\n".join(parts)


def explain(output: str) -> str | None:
    """The sentence for a cause that is known by its words in `output`, or None."""
    text = output.lower()
    for marks, sentence in SENTENCES:
        if any(mark in text for mark in marks):
            return sentence
    return None


def explain_os_error(error: OSError) -> str:
    """An operating system's error as a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SENTENCES[0][1]
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused: {error.strerror or error}{where}."
