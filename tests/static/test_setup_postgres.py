"""PostgreSQL: what is refused in words, and what a killed server leaves behind."""

import os
import subprocess
import sys

import pytest
from writeoff_setup import cluster as clusters
from writeoff_setup import postgres
from writeoff_setup.cluster import RUNNING_SINCE, drop_stale_lock, was_cut_off
from writeoff_setup.errors import SetupError, StepFailed


def answer(monkeypatch, *row):
    monkeypatch.setattr(postgres, "query", lambda *_arguments: [row])


def test_a_server_that_will_do(monkeypatch):
    answer(monkeypatch, 130005, "me", True)
    postgres.check_given_server(None, {})


@pytest.mark.parametrize(
    "row, words",
    [
        ((120004, "me", True), "is PostgreSQL 12; Odoo 19 needs 13"),
        ((160000, "postgres", True), "refuses to work as the database user"),
        ((160000, "me", False), "may not create databases.*CREATEDB"),
    ],
)
def test_a_server_that_will_not_do(monkeypatch, row, words):
    answer(monkeypatch, *row)
    with pytest.raises(SetupError, match=words):
        postgres.check_given_server(None, {})


def test_a_server_that_does_not_answer(monkeypatch):
    def refuse(*_arguments):
        raise StepFailed("Failed.", tail="    could not translate host name")

    monkeypatch.setattr(postgres, "query", refuse)
    with pytest.raises(SetupError, match="does not answer: could not.*unset them"):
        postgres.check_given_server(None, {})


def install(folder, version):
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)


def test_the_newest_of_this_machine_is_taken(tmp_path, programs):
    for version in ("9", "14", "15"):
        install(tmp_path / version / "bin", f"{version}.2")
    assert postgres.machine_programs(tmp_path) == tmp_path / "15" / "bin"


@pytest.mark.parametrize("version", [None, "12.4"])
def test_no_or_an_old_postgresql_is_refused(tmp_path, programs, version):
    if version:
        install(tmp_path / "12" / "bin", version)
    found = "only PostgreSQL 12" if version else "no PostgreSQL"
    with pytest.raises(SetupError, match=f"{found} is installed. Install PostgreSQL"):
        postgres.machine_programs(tmp_path)


def test_databases_are_trusted_until_the_machine_goes_down(tmp_path, monkeypatch):
    boot = tmp_path / "boot_id"
    boot.write_text("first")
    monkeypatch.setattr(clusters, "BOOT_ID", boot)
    assert not was_cut_off(tmp_path)
    (tmp_path / RUNNING_SINCE).write_text("first")
    assert not was_cut_off(tmp_path)
    boot.write_text("second")
    assert was_cut_off(tmp_path)


def test_a_lock_of_a_killed_server_is_removed(tmp_path):
    lock = tmp_path / "postmaster.pid"
    # a number that another program has got since
    lock.write_text(f"{os.getpid()}\n{tmp_path}\n")
    assert drop_stale_lock(tmp_path)
    assert not lock.exists()
    assert not drop_stale_lock(tmp_path)


def test_a_lock_of_a_living_server_is_kept(tmp_path):
    argv = [sys.executable, "-uc", "print(); input()", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, stdin=pipe, stdout=pipe) as server:
        server.stdout.readline()
        (tmp_path / "postmaster.pid").write_text(f"{server.pid}\n")
        dropped = drop_stale_lock(tmp_path)
        server.communicate(b"\n")
    assert not dropped
    assert (tmp_path / "postmaster.pid").exists()


def test_the_cluster_is_in_the_cache_if_its_user_gets_there(cache, monkeypatch):
    monkeypatch.setattr(postgres, "LONGEST", 4096)
    monkeypatch.setattr(postgres, "is_reachable", lambda _path: True)
    assert postgres.server_folder(cache) == cache.home / "postgres"


def test_a_folder_of_others_is_not_taken_for_ours(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "BASE", tmp_path)
    folder = postgres.private_folder("x")
    assert postgres.private_folder("x") == folder
    folder.chmod(0o777)
    with pytest.raises(SetupError, match="in the way"):
        postgres.private_folder("x")
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(SetupError, match="in the way"):
        postgres.private_folder("x")


def test_what_an_earlier_cache_left_behind_is_thrown_away(cache, tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "BASE", tmp_path)
    monkeypatch.setattr(postgres, "LONGEST", 0)
    folder = postgres.server_folder(cache)
    (folder / "state").mkdir()
    assert (postgres.server_folder(cache) / "state").exists()
    (cache.home / "postgres").unlink()
    assert not (postgres.server_folder(cache) / "state").exists()
