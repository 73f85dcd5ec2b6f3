"""Debian packages, fetched and unpacked into a folder; the system stays untouched.

The mirror and the proxy are those that this machine's own apt is set up with.
Signatures are checked; state, lists and archives are private.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from .errors import SetupError, StepFailed, explain
from .run import Run, need_tool, tail

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
APT_FOLDER = Path("/etc/apt")
INSTALLED = Path("/var/lib/dpkg/status")
WHY = "to unpack Debian packages"
USE_ODOO_PATH = "Set ODOO_PATH to a copy of Odoo 19.0 (a source checkout will do)."


def debian_mirror(apt_folder: Path = APT_FOLDER) -> str:
    """The address of the Debian mirror that this machine is set up with."""
    for uri, suite in _configured(apt_folder):
        if "security" not in suite and not suite.endswith("/"):
            return uri
    raise SetupError(f"No Debian mirror is set up on this machine. {USE_ODOO_PATH}")


def _configured(apt_folder: Path) -> Iterator[tuple[str, str]]:
    """Address and suite of every package source that is switched on."""
    folder = apt_folder / "sources.list.d"
    for path in sorted(folder.glob("*.sources")):
        for stanza in re.split(r"\n\s*\n", path.read_text()):
            yield from _from_stanza(stanza)
    for path in [apt_folder / "sources.list", *sorted(folder.glob("*.list"))]:
        for line in path.read_text().splitlines() if path.exists() else ():
            line_source = re.match(r"deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+(\S+)", line)
            if line_source:
                yield line_source[1], line_source[2]


def _from_stanza(stanza: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in stanza.splitlines() if not line.startswith("#")]
    fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", "\n".join(lines), re.M))
    if "deb" in fields.get("Types", "").split() and fields.get("Enabled") != "no":
        for uri in fields.get("URIs", "").split():
            for suite in fields.get("Suites", "").split():
                yield uri, suite


class Apt:
    """A private apt below `folder`.

    `suites` are read from the machine's mirror; without any, the machine's own
    sources are used as they stand. `installed` is the list of packages that apt
    takes to be there already.
    """

    def __init__(
        self,
        run: Run,
        folder: Path,
        suites: Sequence[str] = (),
        installed: Path | None = None,
    ):
        for tool in ("apt-get", "apt-config", "dpkg", "dpkg-deb", "tar"):
            need_tool(tool, f"{WHY}. {USE_ODOO_PATH}")
        self.run = run
        self.archives = folder / "cache" / "archives"
        for path in (self.archives / "partial", folder / "lists" / "partial"):
            path.mkdir(parents=True, exist_ok=True)
        self.env = {**os.environ, "LC_ALL": "C", "APT_CONFIG": str(folder / "conf")}
        (folder / "status").touch()
        settings = self._settings(folder, installed or folder / "status")
        if suites:
            settings += self._own_sources(folder, suites)
        (folder / "conf").write_text("\n".join(settings) + "\n")

    def _settings(self, folder: Path, installed: Path) -> list[str]:
        names = {
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::main": "/dev/null",
            "Dir::State": folder,
            "Dir::State::lists": folder / "lists",
            "Dir::State::status": installed,
            "Dir::State::extended_states": folder / "extended_states",
            "Dir::Cache": folder / "cache",
            "Dir::Log": folder,
            "Acquire::Languages": "none",
            "Acquire::Retries": 3,
            "Acquire::AllowInsecureRepositories": "false",
            "APT::Architecture": self._architecture(),
            "APT::Get::AllowUnauthenticated": "false",
            "APT::Install-Recommends": "false",
            "APT::Sandbox::User": "",
            "Debug::NoLocking": "true",
        }
        own = [f'{name} "{value}";' for name, value in names.items()]
        return self._machine_settings() + own

    def _own_sources(self, folder: Path, suites: Sequence[str]) -> list[str]:
        if not KEYRING.exists():
            raise SetupError(f"The keyring {KEYRING} is missing. {USE_ODOO_PATH}")
        mirror = debian_mirror()
        lines = [f"deb [signed-by={KEYRING}] {mirror} {suite} main" for suite in suites]
        (folder / "sources.list").write_text("\n".join(lines) + "\n")
        return [
            f'Dir::Etc::sourcelist "{folder / "sources.list"}";',
            'Dir::Etc::sourceparts "/dev/null";',
            'Dir::Etc::preferences "/dev/null";',
            'Dir::Etc::preferencesparts "/dev/null";',
            # without it, a list that cannot be fetched is only warned of
            'APT::Update::Error-Mode "any";',
        ]

    def _machine_settings(self) -> list[str]:
        # how the machine reaches its mirror, without the hooks that touch the system
        dump = self.run.output(["apt-config", "dump"])
        return re.findall(r"^Acquire::(?:https?|Force|Check).*;$", dump, re.M)

    def _architecture(self) -> str:
        return self.run.output(["dpkg", "--print-architecture"]).strip()

    def update(self) -> None:
        """Fetch the lists of packages; their signatures are checked."""
        self.run.call(
            ["apt-get", "-q", "update"], "Reading the Debian mirror", env=self.env
        )

    def download(self, packages: Iterable[str]) -> None:
        """Fetch exactly `packages` (`name/suite`)."""
        self.run.call(
            ["apt-get", "-q", "download", *packages],
            "Fetching Debian packages",
            env=self.env,
            cwd=self.archives,
        )

    def download_missing(self, packages: Iterable[str]) -> None:
        """Fetch `packages` and all they need that this machine does not have."""
        options = ["-q", "-y", "--download-only", "--reinstall"]
        argv = ["apt-get", *options, "install", *packages]
        self.run.call(argv, "Fetching Debian packages", env=self.env)

    def unpack(self, target: Path, exclude: Sequence[str] = ()) -> None:
        """Unpack all that was fetched below `target`."""
        for archive in sorted(self.archives.glob("*.deb")):
            unpack(archive, target, exclude)


def unpack(archive: Path, target: Path, exclude: Sequence[str] = ()) -> None:
    """Unpack the files of a Debian package below `target`, except `exclude`.

    Its patterns are names, or paths from `./` on, as tar understands them.
    """
    target.mkdir(parents=True, exist_ok=True)
    reader = subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", archive],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    options = ["--no-wildcards-match-slash"]
    options += [f"--exclude={pattern}" for pattern in exclude]
    tar = subprocess.run(
        ["tar", "-x", "--no-same-owner", "-C", target, *options],
        stdin=reader.stdout,
        capture_output=True,
    )
    said = (tar.stderr + reader.stderr.read()).decode(errors="replace")
    if reader.wait() or tar.returncode:
        broken = f"The package {archive.name} cannot be unpacked: run this again."
        known = explain(said)
        raise StepFailed(known or broken, tail=tail(said), known=bool(known))


def remove(folder: Path) -> None:
    """Remove what apt left behind."""
    shutil.rmtree(folder, ignore_errors=True)
