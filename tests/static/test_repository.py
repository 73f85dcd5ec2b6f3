"""What this repository holds, and what it must not."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "LICENSE",
    "README.md",
    "inventory_writeoff",
    "inventory_writeoff_reports",
    "pyproject.toml",
    "requirements.txt",
    "setup",
    "tests",
}
EXECUTABLES = (
    ".ci/run",
    "setup/bench",
    "setup/demo",
    "setup/odoo",
    "setup/odoo_suites",
    "setup/test",
    "setup/verify_log",
)
AGPL = {"account_asset_management", "inventory_writeoff_asset"}
# the addresses that documents and licenses name
PUBLIC = re.compile(
    r"https?://(?:127\.0\.0\.1|localhost|\{|[\w.]*"
    r"(?:gnu\.org|fsf\.org|odoo\.com|odoo-community\.org|github\.com|w3\.org"
    r"|example\.(?:com|org)))"
)


def git_files():
    argv = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout")
    files = [ROOT / line for line in done.stdout.splitlines()]
    return [path for path in files if path.is_file()]


def text_of(path):
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def manifests():
    return sorted(
        [*ROOT.glob("*/__manifest__.py"), *ROOT.glob("tests/*/__manifest__.py")]
    )


def test_the_top_level_holds_only_what_it_should():
    top = {path.relative_to(ROOT).parts[0] for path in git_files()}
    glue = {path.parent.name for path in ROOT.glob("*/__manifest__.py")}
    assert {name for name in top if name[0] != "."} - TOP_LEVEL - glue == set()


def test_the_folder_of_tests_is_no_package():
    assert not (ROOT / "tests" / "__init__.py").exists()


@pytest.mark.parametrize("name", EXECUTABLES)
def test_commands_can_be_run(name):
    assert (ROOT / name).stat().st_mode & 0o111


@pytest.mark.parametrize("path", manifests(), ids=lambda path: path.parent.name)
def test_manifests(path):
    manifest = ast.literal_eval(path.read_text())
    # what builds on an add-on under the AGPL-3 is under it as well
    wanted = "AGPL-3" if AGPL.intersection(manifest["depends"]) else "LGPL-3"
    assert manifest["license"] == wanted
    assert re.fullmatch(r"19\.0\.\d+\.\d+\.\d+", manifest["version"])


@pytest.mark.parametrize(
    "path",
    [ROOT / "requirements.txt", *sorted(ROOT.glob("setup/requirements-*.txt"))],
    ids=lambda path: path.name,
)
def test_requirements_are_pinned(path):
    pin = re.compile(r"[\w.-]+==[\w.]+( ; .+)?$")
    lines = [line for line in path.read_text().splitlines() if line[:1] > "#"]
    assert lines
    assert [line for line in lines if not pin.match(line)] == []


def test_no_address_of_a_registry_or_mirror():
    found = []
    for path in git_files():
        for address in re.findall(r"https?://[^\s\"'<>)]+", text_of(path)):
            if not PUBLIC.match(address):
                found.append(f"{path.relative_to(ROOT)}: {address}")
    assert found == []


def test_no_path_of_somebodys_machine():
    home = re.compile(r"(?<![\w.$}])/(?:home|Users|work|mnt)/\w+")
    files = [path for path in git_files() if path != Path(__file__)]
    found = [path for path in files if home.search(text_of(path))]
    assert found == []
