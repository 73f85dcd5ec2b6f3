"""The people at work, each with a session of their own over HTTP."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from typing import Any

import requests

from .plan import PASSWORD, logins, parse

REFUSALS = ("UserError", "ValidationError", "AccessError", "MissingError")
PERCENTILES = (50, 90, 99)
# How the sentence begins that asks to try again since others were in the way.
IN_THE_WAY = "Others were changing"


class Refused(Exception):
    """The server says no, in a sentence."""


class ServerError(Exception):
    """The server fails."""


class Tally:
    """What all people together did: times in seconds, refusals, failures."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.times: dict[str, list[float]] = defaultdict(list)
        self.refused: dict[str, int] = defaultdict(int)
        self.in_the_way = 0
        self.failures: list[str] = []
        self.posted: list[int] = []
        self.delivered: dict[int, float] = defaultdict(float)

    def show(self) -> None:
        """Print a line for each thing that was done."""
        print(f"\n{'':16}{'done':>7}{'refused':>9}" + self._heading())
        for name, times in sorted(self.times.items()):
            times.sort()
            figures = [times[len(times) * p // 100] for p in PERCENTILES]
            line = "".join(f"{1000 * figure:9.0f}" for figure in figures)
            print(f"{name:16}{len(times):7}{self.refused[name]:9}{line}")
        print(f"asked to try again, as others were in the way: {self.in_the_way}")
        for failure in self.failures[:10]:
            print(f"failed: {failure}")

    def _heading(self) -> str:
        return "".join(f"{f'p{p} ms':>9}" for p in PERCENTILES)


class Person:
    """One user with a session, and what the role does."""

    def __init__(self, url: str, database: str, login: str, plan: dict, tally: Tally):
        self.url, self.plan, self.tally = url, plan, tally
        self.draw = random.Random(login)
        self.session = requests.Session()
        # the machine's proxy is not for this machine's own addresses
        self.session.trust_env = False
        self._post(
            "/web/session/authenticate",
            {"db": database, "login": login, "password": PASSWORD},
        )

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method as the web client does."""
        kwargs.setdefault("context", {"allowed_company_ids": [self.plan["company"]]})
        path = f"/web/dataset/call_kw/{model}/{method}"
        names = {"model": model, "method": method}
        return self._post(path, {**names, "args": args, "kwargs": kwargs})

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self.session.post(self.url + path, json=body, timeout=120)
        answer.raise_for_status()
        answered = answer.json()
        if "error" not in answered:
            return answered.get("result")
        data = answered["error"]["data"]
        if data["name"].rpartition(".")[2] in REFUSALS:
            raise Refused(data["message"])
        raise ServerError(f"{path}: {data['name']}: {data['message'][:300]}")

    def work(self, role: str, until: float) -> None:
        """Do what the role does, again and again."""
        while time.monotonic() < until:
            try:
                getattr(self, role)()
            except (ServerError, requests.RequestException) as failure:
                with self.tally.lock:
                    self.tally.failures.append(f"{role}: {failure}")
            time.sleep(self.draw.uniform(0.05, 0.3))

    def timed(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call, and note how long it took; None where it was refused."""
        started = time.monotonic()
        try:
            result = self.call(*args, **kwargs)
        except Refused as refused:
            with self.tally.lock:
                self.tally.refused[name] += 1
                self.tally.in_the_way += str(refused).startswith(IN_THE_WAY)
            return None
        with self.tally.lock:
            self.tally.times[name].append(time.monotonic() - started)
        return result if result is not None else True

    def asks(self) -> None:
        """Ask for a write-off of one to five products."""
        plan = self.plan
        products = self.draw.sample(plan["products"], self.draw.randint(1, 5))
        lines = [
            {"product_id": product, "quantity": self.draw.randint(1, 3)}
            for product in products
        ]
        vals = {
            "reason_id": plan["reason"],
            "disposal_method_id": plan["disposal"],
            "location_id": plan["location"],
            "line_ids": [[0, 0, line] for line in lines],
        }
        made = self.timed("create", "inventory.writeoff", "create", [vals])
        if made:
            self.timed("submit", "inventory.writeoff", "action_submit", made)

    def decides(self) -> None:
        """Approve one that waits."""
        self._press("approve", "to_approve", "action_approve")

    def posts(self) -> None:
        """Post one that is approved."""
        writeoff = self._press("post", "approved", "action_post")
        if writeoff:
            with self.tally.lock:
                self.tally.posted.append(writeoff)

    def _press(self, name: str, state: str, method: str) -> int | None:
        found = self.timed(
            "search",
            "inventory.writeoff",
            "search_read",
            [["state", "=", state]],
            fields=["name"],
            limit=20,
        )
        if not found:
            return None
        # Others choose among the same: some of them are too late, and are told so.
        writeoff = self.draw.choice(found)["id"]
        done = self.timed(name, "inventory.writeoff", method, [writeoff])
        return writeoff if done else None

    def delivers(self) -> None:
        """Deliver some of the same products."""
        plan = self.plan
        product, quantity = self.draw.choice(plan["products"]), self.draw.randint(1, 5)
        move = {
            "product_id": product,
            "product_uom_qty": quantity,
            "location_id": plan["location"],
            "location_dest_id": plan["customers"],
        }
        picking = {
            "picking_type_id": plan["picking_type"],
            "location_id": plan["location"],
            "location_dest_id": plan["customers"],
            "move_ids": [[0, 0, move]],
        }
        made = self.call("stock.picking", "create", [picking])
        self.call("stock.picking", "action_confirm", made)
        self.call("stock.picking", "action_assign", made)
        if self.timed("deliver", "stock.picking", "button_validate", made):
            with self.tally.lock:
                self.tally.delivered[product] += quantity


def main() -> None:
    """Have everybody work for the time given; fail if the server did."""
    options = parse()
    plan = json.loads(options.plan.read_text())
    tally = Tally()
    people = [
        (Person(options.url, options.database, login, plan, tally), role)
        for login, role in logins(options.users)
    ]
    until = time.monotonic() + options.seconds
    print(f"{len(people)} people at work for {options.seconds} s ...", flush=True)
    threads = [
        threading.Thread(target=person.work, args=(role, until))
        for person, role in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.show()
    plan |= {"posted": tally.posted, "delivered": tally.delivered}
    options.plan.write_text(json.dumps(plan))
    raise SystemExit(1 if tally.failures else 0)


if __name__ == "__main__":
    main()
