"""One way to write a value down, so that its digest can be computed again anywhere."""

import hashlib
import json


def to_canonical(value):
    """Return the value as JSON: keys sorted, no spaces, characters as they are."""
    return json.dumps(
        value,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    )


def get_digest(value):
    """Return the SHA-256 of a value's canonical JSON in UTF-8, in hexadecimal."""
    return hashlib.sha256(to_canonical(value).encode()).hexdigest()
