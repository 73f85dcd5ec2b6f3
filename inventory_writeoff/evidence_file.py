"""Tells whether a file that someone uploads as evidence can be read later.

Plain Python, no database. A file is what its name says, or it is refused: a photo
that nobody can open proves nothing.
"""

import io
import zipfile
from collections import namedtuple

from PIL import Image, UnidentifiedImageError

from odoo.tools.pdf import PdfReader

# How a kind of file is told: MIME type, and the check that reads its content.
Kind = namedtuple("Kind", ["mimetype", "check"])


class EvidenceFileError(Exception):
    """The file is no evidence; `args[0]` is a code that says why."""


def get_extension(name):
    return (name or "").rpartition(".")[2].lower() if "." in (name or "") else ""


def check_file(name, content):
    """Return the MIME type of a file, or raise `EvidenceFileError`."""
    if not content:
        raise EvidenceFileError("empty")
    kind = KINDS.get(get_extension(name))
    if not kind:
        raise EvidenceFileError("unknown")
    kind.check(content)
    return kind.mimetype


def _check_image(*formats):
    def check(content):
        try:
            with Image.open(io.BytesIO(content)) as image:
                if image.format not in formats:
                    raise EvidenceFileError("mismatch")
                # Opening reads the head only.
                image.load()
                if not _has_end(image.format, content):
                    raise EvidenceFileError("broken")
        except UnidentifiedImageError as error:
            raise EvidenceFileError("mismatch") from error
        # Pillow's readers raise whatever the broken bytes lead them to.
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as e:
            raise EvidenceFileError("broken") from e

    return check


def _has_end(image_format, content):
    """Tell whether a photo is whole; Odoo has Pillow fill up what is cut off."""
    if image_format in ("JPEG", "MPO"):
        # The end of the picture, not that of a preview in its head.
        return content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")
    if image_format == "PNG":
        return b"IEND" in content
    if image_format == "GIF":
        return content.rstrip(b"\0").endswith(b";")
    if image_format == "BMP":
        return int.from_bytes(content[2:6], "little") <= len(content)
    return True


def _check_pdf(content):
    if not content.lstrip()[:5].startswith(b"%PDF-"):
        raise EvidenceFileError("mismatch")
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        is_encrypted, has_pages = reader.is_encrypted, False
        if not is_encrypted:
            has_pages = len(reader.pages) > 0
    # The reader raises whatever the broken bytes lead it to.
    except Exception as error:
        raise EvidenceFileError("broken") from error
    if is_encrypted:
        raise EvidenceFileError("protected")
    if not has_pages:
        raise EvidenceFileError("broken")


def _check_archive(*members):
    """Check a zip archive, which must hold a part that starts so, if any is given."""

    def check(content):
        if not content.startswith(b"PK"):
            raise EvidenceFileError("mismatch")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, ValueError) as error:
            raise EvidenceFileError("broken") from error
        if members and not any(name.startswith(members) for name in names):
            raise EvidenceFileError("mismatch")

    return check


def _check_start(*starts, at=0):
    def check(content):
        if not content[at:].startswith(starts):
            raise EvidenceFileError("mismatch")

    return check


def _check_text(content):
    if b"\0" in content or content.startswith((b"%PDF-", b"PK\x03\x04", b"\x89PNG")):
        raise EvidenceFileError("mismatch")


_JPEG = Kind("image/jpeg", _check_image("JPEG", "MPO"))
# Odoo keeps Pillow from reading these: what they start with must do.
_TIFF = Kind("image/tiff", _check_start(b"II*\0", b"MM\0*"))
_HEIC = Kind("image/heic", _check_start(b"ftyp", at=4))
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OLD_OFFICE = _check_start(b"\xd0\xcf\x11\xe0")

KINDS = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Kind("image/png", _check_image("PNG")),
    "gif": Kind("image/gif", _check_image("GIF")),
    "webp": Kind("image/webp", _check_start(b"WEBP", at=8)),
    "bmp": Kind("image/bmp", _check_image("BMP")),
    "tif": _TIFF,
    "tiff": _TIFF,
    "heic": _HEIC,
    "heif": _HEIC,
    "pdf": Kind("application/pdf", _check_pdf),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _check_archive("word/")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _check_archive("xl/")),
    "odt": Kind(f"{_OPEN_DOCUMENT}.text", _check_archive("content.xml")),
    "ods": Kind(f"{_OPEN_DOCUMENT}.spreadsheet", _check_archive("content.xml")),
    "doc": Kind("application/msword", _OLD_OFFICE),
    "xls": Kind("application/vnd.ms-excel", _OLD_OFFICE),
    "msg": Kind("application/vnd.ms-outlook", _OLD_OFFICE),
    "eml": Kind("message/rfc822", _check_text),
    "txt": Kind("text/plain", _check_text),
    "csv": Kind("text/csv", _check_text),
    "zip": Kind("application/zip", _check_archive()),
    "mp4": Kind("video/mp4", _check_start(b"ftyp", at=4)),
    "mov": Kind("video/quicktime", _check_start(b"ftyp", b"moov", b"wide", at=4)),
}
