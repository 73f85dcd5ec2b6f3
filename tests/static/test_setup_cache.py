"""What is in the cache is either whole or made again."""

import errno
import os
import threading
import time

import pytest
from writeoff_setup.cache import Cache, default_home
from writeoff_setup.errors import SetupError


def test_a_result_is_made_once(cache):
    made = []
    for _again in range(2):
        folder = cache.build("thing", made.append)
    assert made == [folder]


def test_a_failed_build_leaves_nothing_to_trust(cache):
    def fill_the_disk(folder):
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        cache.build("thing", fill_the_disk)
    assert not (cache.home / "thing").exists()


def test_what_a_killed_build_left_behind_is_thrown_away(cache):
    left = cache.home / "thing" / "half"
    left.parent.mkdir()
    left.write_text("half")
    cache.build("thing", lambda folder: (folder / "whole").touch())
    assert not left.exists()


def test_a_damaged_result_is_made_again(cache):
    def build(folder):
        (folder / "program").touch()

    folder = cache.build("thing", build, probe="program")
    (folder / "program").unlink()
    cache.build("thing", build, probe="program")
    assert (folder / "program").exists()


def test_two_runs_at_once_make_it_once(cache):
    made = []

    def build(folder):
        made.append(folder)
        time.sleep(0.1)

    runs = [threading.Thread(target=cache.build, args=("x", build)) for _ in "ab"]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(made) == 1


def test_somebody_elses_cache_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(SetupError, match="belongs to another user.*WRITEOFF_HOME"):
        Cache(tmp_path)


def test_where_the_cache_is(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("WRITEOFF_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert default_home() == tmp_path / ".cache" / "inventory-writeoff"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "x"))
    assert default_home() == tmp_path / "x" / "inventory-writeoff"
    monkeypatch.setenv("WRITEOFF_HOME", str(tmp_path / "y"))
    assert default_home() == tmp_path / "y"
