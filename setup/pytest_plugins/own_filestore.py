"""Gives every worker of pytest-xdist a file store of its own.

pytest-odoo lets the workers share that of the database they copied, where the clean-up
of one removes the files of another.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest_odoo

import odoo


@contextmanager
def copied_filestore(original, own):
    stores = Path(odoo.tools.config["data_dir"], "filestore")
    if original == own or not (stores / original).exists():
        yield
        return
    shutil.rmtree(stores / own, ignore_errors=True)
    # file stores are only ever added to and removed from
    shutil.copytree(stores / original, stores / own, copy_function=os.link)
    try:
        yield
    finally:
        shutil.rmtree(stores / own)


if not hasattr(pytest_odoo, "_shared_filestore"):
    raise ImportError("This pytest-odoo shares file stores in a way not known here.")
pytest_odoo._shared_filestore = copied_filestore
