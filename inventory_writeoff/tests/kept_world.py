"""The records that most test classes start from, made once for all of them."""

import os

from odoo.models import BaseModel

# Set only where the database is thrown away after the tests: the records are committed.
KEEP = "WRITEOFF_KEEP_TEST_WORLD"


class KeptWorld:
    """The records that a test class made, for the classes that come after it."""

    def __init__(self, maker):
        """Have the test class `maker` set up, and commit what it made."""
        maker.setUpClass()
        try:
            self.records = {
                name: (value._name, value.ids)
                for name, value in vars(maker).items()
                if isinstance(value, BaseModel)
            }
            maker.env.flush_all()
            # the cursor of a test refuses its own method
            type(maker.cr).commit(maker.cr)
        finally:
            maker.tearDownClass()
            maker.doClassCleanups()

    def enter(self, cls):
        """Give the test class `cls` the records, in its own environment."""
        for name, (model, ids) in self.records.items():
            setattr(cls, name, cls.env[model].browse(ids))


def is_kept():
    return os.environ.get(KEEP) == "1"
