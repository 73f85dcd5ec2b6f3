import pytest
from writeoff_setup.cache import Cache
from writeoff_setup.run import Run


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path / "cache")


@pytest.fixture
def run(cache):
    return Run("test", cache)


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A PATH with nothing on it but what `programs(name, script)` puts there."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def add(name, script):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return add
