"""setup/demo: a server with demo data, to click through."""

from __future__ import annotations

import argparse

from .addons import content_key, names, outside_dependencies, product_addons
from .cache import digest
from .errors import SetupError
from .server import serving
from .templates import WITH_DEMO, dependencies_template, require_installed
from .venv import ROOT
from .workshop import HOST, Workshop, free_port, open_workshop

# password and login are the same
ROLES = {
    "warehouse": "marks goods as unsellable",
    "requester": "asks for write-offs",
    "approver": "approves or rejects them",
    "senior": "settles what checks send for review",
    "finance": "posts them",
    "auditor": "reads everything, changes nothing",
    "manager": "configures reasons, checks and settings",
    "admin": "administers Odoo",
}
# nobody answers there: a demo does not call outside services
NOWHERE = f"http://{HOST}:1"
CALLS_OUTSIDE = ("iap.endpoint", "iap.partner_autocomplete.endpoint")


def command(arguments: list[str]) -> int:
    """Serve the demo until Ctrl-C."""
    port = _parse(arguments)
    refuse_taken_port(port)
    with open_workshop("demo") as workshop:
        database = demo_database(workshop)
        try:
            with serving(workshop, database, port) as server:
                _greet(workshop, database, port)
                return server.wait()
        except KeyboardInterrupt:
            print("\nStopped.", flush=True)
            return 0


def _parse(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="setup/demo",
        description="Odoo 19 with both add-ons and demo data, on this machine only.",
    )
    parser.add_argument("--port", type=int, default=8069, help="8069 unless told")
    return parser.parse_args(arguments).port


def refuse_taken_port(port: int) -> None:
    """A sentence if the demo could not listen on `port`."""
    try:
        free_port(port)
    except (OSError, OverflowError) as error:
        raise SetupError(
            f"Port {port} cannot be used ({getattr(error, 'strerror', error)}). End "
            f"the program that has it, or choose another: setup/demo --port {port + 1}"
        ) from error


def demo_database(workshop: Workshop) -> str:
    """The demo's database; a new one whenever the add-ons' files have changed."""
    addons = product_addons()
    base = dependencies_template(workshop, outside_dependencies(addons), WITH_DEMO)

    def build(name: str) -> None:
        with workshop.run.step("Demo database"):
            workshop.databases.copy(base, name)
            log = workshop.run.logs / "demo-install.log"
            workshop.install(name, names(addons), *WITH_DEMO, log=log)
            require_installed(workshop, name, [addon.name for addon in addons], log)
            stay_inside(workshop, name)

    key = digest(ROOT, base, content_key(addons))
    return workshop.databases.get("demo", key, build)


def stay_inside(workshop: Workshop, database: str) -> None:
    """Keep Odoo from calling services on the internet."""
    for key in CALLS_OUTSIDE:
        workshop.databases.ask(
            "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            NOWHERE,
            database=database,
        )
    workshop.databases.ask(
        "UPDATE ir_cron SET active = false WHERE id IN (SELECT res_id FROM"
        " ir_model_data WHERE model = 'ir.cron'"
        " AND name = 'ir_cron_module_update_notification')",
        database=database,
    )


def _greet(workshop: Workshop, database: str, port: int) -> None:
    sql = "SELECT login FROM res_users WHERE active AND login = ANY(%s)"
    rows = workshop.databases.ask(sql, list(ROLES), database=database)
    there = {login for (login,) in rows}
    print(f"\nhttp://{HOST}:{port}\n")
    print("Log in as (the password is the same word):")
    for login, role in ROLES.items():
        if login in there:
            print(f"    {login:<12}{role}")
    print(f"\nOdoo's log: {workshop.run.logs / 'server.log'}\nCtrl-C stops it.")
