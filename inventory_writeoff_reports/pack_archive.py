"""Writes a ZIP archive part by part, and keeps the SHA-256 of each part.

Plain Python, no database. Only the part that is being written is in memory. What the
manifest says of itself is read again by `verify_pack.py`, which stands alone.
"""

import hashlib
import re
import zipfile

FORMAT = "inventory-writeoff-audit-pack"
VERSION = 1
# Sums of all parts, in the form that `sha256sum --check` reads.
SUMS = "SHA256SUMS"


def to_file_name(text):
    """Return a text as a name that every file system takes, and that leads nowhere."""
    return re.sub(r"[^\w.-]+", "-", text).strip(".-")[:80] or "file"


class PackArchive:
    def __init__(self, file):
        self.archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED)
        self.sums = {}

    def add(self, path, chunks):
        """Write a part out of chunks of bytes."""
        digest = hashlib.sha256()
        with self.archive.open(path, "w", force_zip64=True) as part:
            for chunk in chunks:
                part.write(chunk)
                digest.update(chunk)
        self.sums[path] = digest.hexdigest()

    def close(self):
        """Write the sums as the last part, and return the SHA-256 of them."""
        lines = [f"{digest}  {path}\n" for path, digest in sorted(self.sums.items())]
        content = "".join(lines).encode()
        self.archive.writestr(SUMS, content)
        self.archive.close()
        return hashlib.sha256(content).hexdigest()
