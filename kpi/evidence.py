"""Files that prove values: PDF, DOCX, JPEG and PNG, told by what is in them and never by their name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import IO, Any

from django.core.files import File
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from councils import documents
from councils.documents import DocumentRefused, Inspected
from kpi.models import Evidence, Step
from lsg_portal.data.uploads import clean_name
from registry.errors import Violation

KINDS = _(
    "Only PDF, Word documents (.docx), JPEG and PNG pictures are taken; the content of this file is none of them."
)
JPEG, PNG = "image/jpeg", "image/png"
MARKS = {JPEG: (b"\xff\xd8\xff", b"\xff\xd9", ".jpg"), PNG: (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82", ".png")}


def inspect(file: IO[bytes], *, name: str) -> Inspected:
    """Return what a file is by its content, and rewind it; raise DocumentRefused for anything else or too much."""
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    for media_type, (first, last, ending) in MARKS.items():
        if start.startswith(first):
            return _picture(file, name, media_type, last, ending)
    try:
        return documents.inspect(file, name=name)
    except DocumentRefused as error:
        if error.code == "kind":
            error.violations = [Violation("kind", KINDS, "/file")]
        raise


def _picture(file: IO[bytes], name: str, media_type: str, last: bytes, ending: str) -> Inspected:
    digest, size, end = hashlib.sha256(), 0, b""
    while piece := file.read(documents.PIECE):
        size += len(piece)
        if size > documents.LIMITS.size:
            raise DocumentRefused("too_large", name=name, most=documents.LIMITS.size // documents.MEGABYTE)
        digest.update(piece)
        end = (end + piece)[-documents.LAST :]
    if last not in end:
        raise DocumentRefused("damaged", name=name)
    file.seek(0)
    shown = clean_name(name)
    if not shown.lower().endswith((ending, ".jpeg") if media_type == JPEG else (ending,)):
        shown = f"{shown.rpartition('.')[0] or shown}{ending}"
    return Inspected(shown, media_type, size, digest.hexdigest())


def details(file: Any, *, name: str) -> dict[str, Any]:
    """Return what ``services.attach_evidence`` needs to know of a file that came in."""
    found = inspect(file, name=name)
    return {
        "file": File(file, name=f"evidence{found.name[found.name.rfind('.') :]}"),
        "name": found.name,
        "media_type": found.media_type,
        "size": found.size,
        "sha256": found.sha256,
    }


def changed_since(returned: Step, files: Iterable[Evidence]) -> bool:
    """Whether other files prove a value than when it was returned; one attached and taken back since changes nothing."""
    return any(
        (file.recorded_at > returned.recorded_at)
        != (file.removed_at is not None and file.removed_at > returned.at)
        for file in files
    )


def download(record: Evidence, *, published: bool) -> FileResponse:
    """Return a stored file to be saved, never shown in the portal's own origin."""
    return documents.download(record, published=published)  # type: ignore[arg-type]
