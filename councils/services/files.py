"""Files of resolutions: PDF and DOCX, known by what is in them, whatever they are called."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
import zlib

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from councils.errors import refuse, told
from councils.models import Resolution, ResolutionFile, ResolutionStatus
from councils.services.locking import locked
from registry.names import clean

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_PARTS = 2_000
LARGEST_INFLATED = 100 * MEGABYTE
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SUFFIXES = {PDF: ".pdf", DOCX: ".docx"}
CLOSED = (ResolutionStatus.PUBLISHED, ResolutionStatus.CANCELLED)


def media_type(content: bytes) -> str:
    """Return what a file is by its content: PDF or DOCX; raise RuleBroken for anything else.

    A document with macros, an encrypted one and one that inflates beyond measure are refused.
    """
    if content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return PDF
    if content.startswith(b"PK\x03\x04") and _is_docx(content):
        return DOCX
    refuse("file_type", _("The file is neither a PDF nor a DOCX document, whatever its name says."), "/file")


def _is_docx(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_INFLATED:
                return False
            if any(part.flag_bits & 0x1 for part in parts) or any(
                "vbaproject" in name.lower() for name in names
            ):
                return False
            if not {"[Content_Types].xml", "word/document.xml"} <= names:
                return False
            with archive.open("[Content_Types].xml") as stream:
                return b"wordprocessingml.document.main" in stream.read(MEGABYTE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return False


@transaction.atomic
def attach_file(
    *, resolution: Resolution, name: str, content: bytes, expected_version: int | None = None
) -> ResolutionFile:
    """Attach a file to a resolution that is not published yet; at most 10 megabytes."""
    row = locked(resolution, expected_version)
    if row.status in CLOSED:
        refuse("councils_file_frozen")
    if not content or len(content) > LARGEST:
        refuse(
            "file_size",
            _("A file has between 1 byte and %(most)s megabytes.") % {"most": LARGEST // MEGABYTE},
            "/file",
        )
    kind = media_type(content)
    digest = hashlib.sha256(content).hexdigest()
    stem = clean(name).replace("\\", "/").rpartition("/")[2].removesuffix(SUFFIXES[kind])[:180]
    with told():
        file = ResolutionFile(
            resolution=row,
            name=f"{stem or _('resolution')}{SUFFIXES[kind]}",
            media_type=kind,
            size=len(content),
            sha256=digest,
        )
        file.file.save(f"{file.pk}{SUFFIXES[kind]}", ContentFile(content), save=False)
        file.save()
        row.version += 1
        row.save(update_fields=["version"])
    return file


@transaction.atomic
def remove_file(*, file: ResolutionFile, at: dt.datetime) -> ResolutionFile:
    """Take a file away from a resolution that is not published yet."""
    row = locked(file.resolution)
    if row.status in CLOSED:
        refuse("councils_file_frozen")
    with told():
        file.removed_at = at
        file.save(update_fields=["removed_at"])
        row.version += 1
        row.save(update_fields=["version"])
    return file
