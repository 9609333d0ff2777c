"""Files of resolutions: PDF and DOCX, told by what is in them and never by their name.

A DOCX is opened as far as its archive (``lsg_portal.data.uploads.archive``): the parts are counted and unpacked once
within bounds, macros, other files inside and links to templates elsewhere are refused. What a PDF holds is not looked
into: files are only ever given out to be saved (``Content-Disposition: attachment``, ``nosniff``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from lsg_portal.data.uploads import Limits, clean_name
from lsg_portal.data.uploads.archive import ZIP, Refused, open_archive
from lsg_portal.data.uploads.limits import MEGABYTE
from registry.errors import DomainError, Violation

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from councils.models import ResolutionFile

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ENDINGS = {PDF: ".pdf", DOCX: ".docx"}
LIMITS = Limits()
PIECE = 64 * 1024
LAST = 2048
"""Bytes at the end of a PDF within which its end mark stands."""

BODY = "word/document.xml"
MAIN = b"wordprocessingml.document.main+xml"
"""What the list of parts calls the body of a document; that of a template is another."""

REFUSALS: dict[str, tuple[int, _StrPromise]] = {
    "empty": (400, _("The file is empty.")),
    "damaged": (400, _("The file is damaged or cut off. Open it, save it again and send the new file.")),
    "entities": (400, _("The document declares XML entities or a document type. Save it again with Word.")),
    "too_large": (413, _("The file is larger than %(most)s MB.")),
    "too_many_entries": (413, _("The document has more than %(most)s parts. Save it as PDF.")),
    "inflates_too_much": (413, _("Unpacked, the document is larger than %(most)s MB. Save it as PDF.")),
    "compressed_too_much": (
        413,
        _("A part of the document grows more than %(most)s times when it is unpacked. Save it as PDF."),
    ),
    "kind": (415, _("Only PDF and Word documents (.docx) are taken; the content of this file is neither.")),
    "old_or_encrypted": (
        415,
        _(
            "The file is in the old .doc format or protected by a password. Save it as .docx or PDF without one."
        ),
    ),
    "encrypted": (415, _("The file is encrypted. Save it without a password.")),
    "macros": (415, _("The document contains macros. Save it as “Word document (.docx)” without macros.")),
    "external_links": (
        415,
        _("The document refers to a template, a program or data elsewhere. Save it as PDF and send that."),
    ),
    "embedded": (415, _("The document contains other files (%(part)s). Remove them, or save it as PDF.")),
    "compression": (415, _("The document is packed in a way Word does not use. Save it again with Word.")),
}
"""HTTP status and sentence of every reason to refuse a file."""

_SAME = {"not_a_workbook": "kind", "binary_workbook": "kind"}


class DocumentRefused(DomainError):
    """The file is not taken; ``problem_status`` says whether it is too much (413), something else (415) or damaged (400)."""

    def __init__(self, code: str, /, *, name: str = "", **values: Any) -> None:
        code = _SAME.get(code, code)
        if code not in REFUSALS:
            code = "kind"
        self.problem_status, sentence = REFUSALS[code]
        self.code = code
        message = str(sentence) % {"most": "", "part": "", **values}
        shown = clean_name(name) if name else ""
        super().__init__(Violation(code, f"{shown}: {message}" if shown else message, "/file"))


@dataclass(frozen=True)
class Inspected:
    """What a file is: a name to store and show, its kind, its size in bytes, its SHA-256 in hexadecimal digits."""

    name: str
    media_type: str
    size: int
    sha256: str


def inspect(file: IO[bytes], *, name: str) -> Inspected:
    """Return what a file is by its content, and rewind it; raise DocumentRefused where it is neither PDF nor plain DOCX."""
    file.seek(0)
    digest, size, start, end = hashlib.sha256(), 0, b"", b""
    while piece := file.read(PIECE):
        start = start or piece[:16]
        size += len(piece)
        if size > LIMITS.size:
            raise DocumentRefused("too_large", name=name, most=LIMITS.size // MEGABYTE)
        digest.update(piece)
        end = (end + piece)[-LAST:]
    if not size:
        raise DocumentRefused("empty", name=name)
    file.seek(0)
    if start.startswith(b"%PDF-"):
        if b"%%EOF" not in end:
            raise DocumentRefused("damaged", name=name)
        media_type = PDF
    else:
        _look_into(file, name, start)
        media_type = DOCX
    file.seek(0)
    return Inspected(_named(name, media_type), media_type, size, digest.hexdigest())


def _look_into(file: IO[bytes], name: str, start: bytes) -> None:
    """Refuse what is no Word document without macros."""
    try:
        archive = open_archive(file, LIMITS)
    except Refused as error:
        code = "kind" if error.code == "damaged" and not start.startswith(ZIP) else error.code
        raise DocumentRefused(code, name=name, **error.values) from error
    parts = {part.filename.lower().lstrip("/"): part for part in archive.infolist()}
    if BODY not in parts or MAIN not in archive.read(parts["[content_types].xml"]):
        raise DocumentRefused("kind", name=name)


def _named(name: str, media_type: str) -> str:
    """Return the name with the ending that fits the content."""
    shown, ending = clean_name(name), ENDINGS[media_type]
    if shown.lower().endswith(ending):
        return shown
    stem, dot, last = shown.rpartition(".")
    known = dot and len(last) <= 5 and last.isalnum()
    return f"{stem if known and stem else shown}{ending}"


def download(record: ResolutionFile, *, published: bool = True) -> FileResponse:
    """Return a stored file to be saved, never shown in the portal's own origin; one not yet published is kept by nobody."""
    response = FileResponse(
        record.file.open("rb"), as_attachment=True, filename=record.name, content_type=record.media_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-cache" if published else "no-store"
    return response
