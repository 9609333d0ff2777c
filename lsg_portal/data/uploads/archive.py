"""The workbook as an archive: looked at from outside before anything in it is parsed. Runs in the child."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import IO, Any

from lsg_portal.data.uploads.limits import MEGABYTE, Limits

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NESTED = (ZIP, OLE, b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"MZ\x90")
"""How files that hold others begin, and programs."""

ENCRYPTED = 0x1
PIECE = 64 * 1024
KEPT = 16
"""Bytes of one piece looked at again with the next, so that a mark across the border is seen."""

_MARKUP = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_MACROS = re.compile(rb"macroEnabled|vbaProject|vnd\.ms-excel\.(?:macrosheet|intlmacrosheet)", re.IGNORECASE)
_BINARY = re.compile(rb"sheet\.binary|\.bin\.main", re.IGNORECASE)
_FOREIGN_RELATION = re.compile(
    rb"relationships/(?:externalLink|externalLinkPath|oleObject|connections|queryTable|attachedTemplate)",
    re.IGNORECASE,
)


class Refused(Exception):
    """The file is not read; ``code`` and figures for the sentence."""

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def open_archive(file: IO[bytes], limits: Limits) -> zipfile.ZipFile:
    """Return the archive of a workbook once all of its parts are known to be harmless; raise Refused."""
    start = file.read(len(OLE))
    if start == OLE:
        raise Refused("old_or_encrypted")
    if not start.startswith(ZIP):
        raise Refused("not_a_workbook")
    try:
        archive = zipfile.ZipFile(file)
        _look_at_directory(archive.infolist(), limits)
        _look_at_parts(archive, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused("damaged") from error
    return archive


def _look_at_directory(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse by what the archive says of itself."""
    if len(parts) > limits.entries:
        raise Refused("too_many_entries", most=limits.entries)
    names = [part.filename.lower().lstrip("/") for part in parts]
    if len(set(names)) < len(names):
        raise Refused("damaged")
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise Refused("encrypted")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("compression")
    if sum(part.file_size for part in parts) > limits.inflated:
        raise Refused("inflates_too_much", most=limits.inflated // MEGABYTE)
    for part in parts:
        if part.file_size > MEGABYTE and part.file_size > limits.ratio * max(part.compress_size, 1):
            raise Refused("compressed_too_much", most=limits.ratio)
    if "[content_types].xml" not in names:
        raise Refused("not_a_workbook")
    for name in names:
        if name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/dialogsheets/")):
            raise Refused("macros")
        if (
            name.startswith("xl/externallinks/")
            or name == "xl/connections.xml"
            or name.startswith("xl/querytables/")
        ):
            raise Refused("external_links")
        if name.startswith("xl/embeddings/"):
            raise Refused("embedded", part=name[:100])
        if name in ("xl/workbook.bin", "encryptedpackage"):
            raise Refused("binary_workbook")


def _look_at_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack every part once, keeping nothing, and count what comes out: the directory may lie."""
    total = 0
    for part in archive.infolist():
        name = part.filename.lower()
        size, tail, is_xml = 0, b"", name.endswith((".xml", ".rels", ".vml"))
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                if size == 0:
                    _look_at_start(piece, part.filename, is_xml=is_xml)
                size += len(piece)
                total += len(piece)
                if total > limits.inflated:
                    raise Refused("inflates_too_much", most=limits.inflated // MEGABYTE)
                if size > MEGABYTE and size > limits.ratio * max(part.compress_size, 1):
                    raise Refused("compressed_too_much", most=limits.ratio)
                if is_xml:
                    _look_at_markup(tail + piece, name)
                    tail = (
                        piece[-KEPT:] if not name.endswith((".rels", "[content_types].xml")) else piece[-200:]
                    )


def _look_at_start(piece: bytes, name: str, *, is_xml: bool) -> None:
    if piece.startswith(NESTED):
        raise Refused("embedded", part=name[:100])
    encoding = _ENCODING.match(piece[:300]) if is_xml else None
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise Refused("entities")  # what is written otherwise could not be looked through


def _look_at_markup(text: bytes, name: str) -> None:
    if b"\0" in text or (b"<!" in text and _MARKUP.search(text)):
        raise Refused("entities")
    if name == "[content_types].xml":
        if _MACROS.search(text):
            raise Refused("macros")
        if _BINARY.search(text):
            raise Refused("binary_workbook")
    elif name.endswith(".rels") and _FOREIGN_RELATION.search(text):
        raise Refused("external_links")
