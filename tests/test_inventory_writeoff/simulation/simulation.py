"""One seed, one story: who does what in which order, and what breaks meanwhile."""

import random
from functools import partial
from unittest.mock import patch

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.service import model as service
from odoo.tools import mute_logger

from odoo.addons.inventory_writeoff.models import inventory_writeoff_sealer

from . import actions
from .actions import ANY
from .faults import Fault, Killed
from .invariants import find_broken

FAULTS = ("error", "conflict", "deadlock", "lost", "kill", "late")
# Who does it, and how often beside the others. None: the system, or an administrator.
ACTIONS = (
    (actions.receive, None, 3),
    (actions.deliver, None, 3),
    (actions.count, None, 2),
    (actions.reprice, None, 1),
    (actions.lock, None, 1),
    (actions.seal, None, 1),
    (actions.mark, "keeps", 1),
    (actions.request, "asks", 6),
    (actions.press("action_submit", ("draft",)), "asks", 6),
    (actions.press("action_draft", ("to_approve", "rejected")), "asks", 1),
    (actions.press("action_cancel", ("draft", "to_approve", "approved")), "asks", 1),
    (actions.press("action_approve", ("to_approve",)), "decides", 6),
    (actions.press("reject", ("to_approve",), "Not broken"), "decides", 1),
    (actions.press("action_post", ("approved",)), "posts", 6),
    (actions.press("action_retry", ("posting",)), "posts", 2),
    (actions.press("action_close", ("posting",)), "posts", 1),
    (actions.work, None, 6),
    (actions.reverse, "asks", 2),
)
QUIET = ("odoo.sql_db", "odoo.service.model", "odoo.addons.inventory_writeoff")


class Broken(AssertionError):
    """Something that must always be true is not."""


class Simulation:
    """Plays the story of one seed on a database, and looks at it after every step."""

    def __init__(self, world, seed, explains_all=False):
        self.world = world
        self.explains_all = explains_all
        self.seed = seed
        self.trace = []
        self.states = {ANY}

    def run(self, steps):
        """Play so many steps.

        :return: what happened, a line for each
        :raises Broken: after the first step that leaves something wrong behind
        """
        with mute_logger(*QUIET), patch.object(service.time, "sleep"):
            for number in range(steps):
                self._step(number)
                self._look(self.explains_all or number == steps - 1)
        return self.trace

    def _step(self, number):
        # A generator for each step: what one step draws does not move the others.
        draw = random.Random(f"{self.seed}/{number}")
        action, login = self._draw_action(draw)
        fault = self._draw_fault(draw, action)
        key = f"{self.seed}/{number}/what"
        with fault.armed():
            outcome = self._do(action, login, key, fault)
        self.trace.append(
            f"{number} {action.__name__} by {login or 'system'}: {outcome} "
            f"[{fault.count} statements, {fault.kind} at {fault.number}"
            f"{' struck' if fault.struck else ''}]"
        )

    def _draw_action(self, draw):
        """Choose among what there is something for."""
        possible = [a for a in ACTIONS if self.states.intersection(a[0].states)]
        weights = [weight for _action, _login, weight in possible]
        action, login, _weight = draw.choices(possible, weights)[0]
        return action, login

    def _draw_fault(self, draw, action):
        # Evenly among early and late statements, often after the last one.
        number = int(2 ** draw.uniform(0, 9))
        kind = draw.choice((*FAULTS, *["meanwhile"] * 3))
        other, login = self._draw_action(draw)
        if kind == "meanwhile" and actions.reprice in (action, other):
            # Odoo values what moves meanwhile at the cost before.
            kind = "conflict"
        key = f"{self.seed}/{len(self.trace)}/meanwhile"
        return Fault(kind, number, partial(self._do_meanwhile, other, login, key))

    def _do(self, action, login, key, fault):
        """Do it as a request does: one transaction, tried again after a conflict."""
        try:
            return f"done {self._transact(action, login, key)}"
        except Killed:
            self._forget()
            return "killed"
        except Exception as error:  # noqa: BLE001 - looked at
            return self._describe(action, error, fault.struck)

    def _do_meanwhile(self, action, login, key):
        """Do something else, in the middle of the first one."""
        try:
            result = f"done {self._transact(action, login, key)}"
        except Exception as error:  # noqa: BLE001 - looked at
            result = self._describe(action, error, accident=True)
        self.trace.append(f"  meanwhile {action.__name__}: {result}")

    def _describe(self, action, error, accident):
        """Say how a step ended that was not done.

        :raises Broken: if it ended in a way for which nothing gave a cause
        """
        if isinstance(error, UserError):
            return f"refused: {str(error)[:100]!r}"
        if accident and isinstance(error, psycopg2.Error):
            return type(error).__name__
        story = "\n".join(self.trace)
        message = f"seed {self.seed}: {action.__name__} failed: {error!r}\n{story}"
        raise Broken(message) from error

    def _transact(self, action, login, key):
        world = self.world
        uid = world.users[login] if login else SUPERUSER_ID
        context = {"allowed_company_ids": [world.company_id]}

        def act():
            # The same choices when it is tried again.
            return action(env, random.Random(key), world)

        with world.registry.cursor() as cr:
            env = api.Environment(cr, uid, context)
            return service.retrying(act, env)

    def _forget(self):
        """Forget what the memory of a process held that is gone."""
        self.world.registry.clear_all_caches()
        inventory_writeoff_sealer._sealing.clear()
        inventory_writeoff_sealer._waiting.clear()

    def _look(self, is_last):
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            broken = find_broken(env, self.world, is_last)
            cr.execute("SELECT DISTINCT state FROM inventory_writeoff")
            self.states = {ANY, *(state for (state,) in cr.fetchall())}
            cr.rollback()
        if broken:
            raise Broken(f"seed {self.seed}: {broken[:5]}\n" + "\n".join(self.trace))
