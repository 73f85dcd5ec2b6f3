"""Keeps Odoo's caches from one test to the next, unless one of them had some cleared.

Odoo clears them after every test, since it may have changed what they hold. But what
changes that clears them itself; and ids of what is rolled back are never given again.
"""

from unittest.mock import patch

from odoo.orm.registry import Registry
from odoo.tests.common import TransactionCase

changed = set()
clear_cache = Registry.clear_cache
clear_all_caches = Registry.clear_all_caches
set_up = TransactionCase.setUp


def clear_and_remember(self, *names):
    changed.add(self.db_name)
    return clear_cache(self, *names)


def clear_if_changed(self):
    if self.db_name in changed:
        changed.discard(self.db_name)
        clear_all_caches(self)


def set_up_with_caches(self):
    # what is to be done after the test is looked up in here
    with patch.object(Registry, "clear_all_caches", clear_if_changed):
        set_up(self)


Registry.clear_cache = clear_and_remember
TransactionCase.setUp = set_up_with_caches
