"""Debian packages: the machine's own mirror, and downloads that go wrong."""

import shutil
import subprocess

import pytest
from writeoff_setup.debian import Apt, debian_mirror, unpack
from writeoff_setup.errors import SetupError, StepFailed
from writeoff_setup.odoo import LEFT_OUT

STANZAS = """\
Types: deb
# a comment in between
URIs: mirror:/security
Suites: bookworm-security
Components: main

Types: deb-src
URIs: mirror:/sources
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: mirror:/off
Suites: bookworm
Components: main

Types: deb
URIs: mirror:/debian
Suites: bookworm bookworm-updates
Components: main
"""


@pytest.fixture
def apt_folder(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_mirror_of_a_deb822_file(apt_folder):
    (apt_folder / "sources.list.d" / "debian.sources").write_text(STANZAS)
    assert debian_mirror(apt_folder) == "mirror:/debian"


def test_the_mirror_of_a_one_line_file(apt_folder):
    (apt_folder / "sources.list").write_text(
        "# deb mirror:/old bookworm main\n"
        "deb mirror:/security bookworm-security main\n"
        "deb [arch=amd64 signed-by=/key] mirror:/debian bookworm main\n"
    )
    assert debian_mirror(apt_folder) == "mirror:/debian"


def test_without_a_mirror_another_way_is_named(apt_folder):
    with pytest.raises(SetupError, match="No Debian mirror.*ODOO_PATH"):
        debian_mirror(apt_folder)


def test_without_apt_another_way_is_named(run, tmp_path, programs):
    with pytest.raises(SetupError, match="'apt-get' is missing.*ODOO_PATH"):
        Apt(run, tmp_path / "apt")


def fake_apt(run, tmp_path, programs, says):
    for name in ("dpkg-deb", "tar", "apt-config"):
        programs(name, "")
    programs("dpkg", "echo amd64")
    programs("apt-get", f"echo '{says}'; exit 100")
    return Apt(run, tmp_path / "apt", installed=tmp_path / "status")


@pytest.mark.parametrize(
    "says, words",
    [
        ("E: Failed to fetch x Hash Sum mismatch", "arrived broken"),
        ("Err: Could not resolve mirror", "network cannot be reached"),
        ("E: Write error - write (28: No space left on device)", "disk is full"),
        ("E: Unable to locate package", "Fetching Debian packages failed"),
    ],
)
def test_a_download_that_fails_says_why(run, tmp_path, programs, says, words):
    apt = fake_apt(run, tmp_path, programs, says)
    with pytest.raises(StepFailed, match=words) as failure:
        apt.download(["odoo-19/sid"])
    assert failure.value.known != (says in str(failure.value))
    assert str(run.log) in str(failure.value)


@pytest.fixture
def package(tmp_path):
    if not shutil.which("dpkg-deb"):
        pytest.skip("not a Debian machine")
    source = tmp_path / "source"
    (source / "DEBIAN").mkdir(parents=True)
    (source / "DEBIAN" / "control").write_text(
        "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    )
    for name in ("keep.py", "fr.po", "de.po", "fr_CA.po"):
        (source / "i18n").mkdir(exist_ok=True)
        (source / "i18n" / name).write_bytes(name.encode() * 9999)
    archive = tmp_path / "x.deb"
    argv = ["dpkg-deb", "--root-owner-group", "-b", source, archive]
    subprocess.run(argv, check=True, capture_output=True)
    return archive


def test_a_package_is_unpacked_without_what_is_left_out(package, tmp_path):
    unpack(package, tmp_path / "target", LEFT_OUT)
    kept = {path.name for path in (tmp_path / "target" / "i18n").iterdir()}
    assert kept == {"keep.py", "fr.po"}


def test_a_package_cut_short_is_refused(package, tmp_path):
    whole = package.read_bytes()
    package.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StepFailed, match="broken|cannot be unpacked"):
        unpack(package, tmp_path / "target")
