"""SQL without a driver of our own: asked through the virtual environment's."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import StepFailed, explain
from .run import tail

CLIENT = """
import json, sys, psycopg2
database, sql, parameters = json.load(sys.stdin)
connection = psycopg2.connect(dbname=database)
connection.autocommit = True
with connection.cursor() as cursor:
    cursor.execute(sql, parameters or None)
    rows = cursor.fetchall() if cursor.description else []
json.dump(rows, sys.stdout, default=str)
"""


def query(
    venv: Path,
    env: Mapping[str, str],
    sql: str,
    *parameters: object,
    database: str = "postgres",
) -> list[list[Any]]:
    """The rows that `sql` returns; StepFailed with the server's words if it fails."""
    done = subprocess.run(
        [venv / "bin" / "python", "-I", "-c", CLIENT],
        input=json.dumps([database, sql, parameters]),
        env=env,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        known = explain(done.stderr)
        sentence = known or "The database server refused a statement."
        raise StepFailed(sentence, tail=_reason(done.stderr), known=bool(known))
    return json.loads(done.stdout)


def _reason(said: str) -> str:
    # the driver's own line, without the trace before it and the hints after it
    found = re.search(r"^psycopg2\.\S+: (.*)$", said, re.MULTILINE)
    return found[1] if found else tail(said)
