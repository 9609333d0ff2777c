"""Workbooks made by hand: good ones, and all that people and programs may send in their place."""

from __future__ import annotations

import io
import sys
import threading
import time
import zipfile
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from xml.sax.saxutils import escape

import psutil

NS = "http://schemas.openxmlformats.org"
MAIN = f"{NS}/spreadsheetml/2006/main"
RELATION = f"{NS}/officeDocument/2006/relationships"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = "xl/worksheets/sheet1.xml"
MEGABYTE = 1024 * 1024


def letter(index):
    name = ""
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell(row, column, value):
    place = f"{letter(column)}{row}"
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    if value.startswith("<c"):
        return value.replace("<c", f'<c r="{place}"', 1)
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def rows_xml(rows, start=1):
    """Rows as the sheet holds them; a cell beginning with ``<c`` is put in as it is."""
    return "".join(
        f'<row r="{number}">{"".join(cell(number, column, value) for column, value in enumerate(row, 1))}</row>'
        for number, row in enumerate(rows, start)
    )


def sheet_xml(body, *, dimension="", before=""):
    tag = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}">{tag}<sheetData>{body}</sheetData></worksheet>'


def parts(sheet, *, kind="sheet", relations="", sheets=("Sheet1",)):
    """The parts of a workbook with one sheet's XML; further sheets are empty."""
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
    targets = "".join(
        f'<Relationship Id="r{n}" Type="{RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{CONTENT}.worksheet+xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    main = (
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
        if kind == "macros"
        else f"{CONTENT}.sheet.main+xml"
    )
    made = {
        "[Content_Types].xml": f'<Types xmlns="{NS}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{main}"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{NS}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{NS}/package/2006/relationships">{targets}{relations}'
        "</Relationships>",
    }
    for n in range(2, len(sheets) + 1):
        made[f"xl/worksheets/sheet{n}.xml"] = sheet_xml("")
    return made | {SHEET: sheet}


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)  # the same bytes whenever it is made
    return file.getvalue()


def workbook(rows, **more):
    """A workbook with these rows."""
    return zipped(parts(sheet_xml(rows_xml(rows)), **more))


def far_cell(rows):
    """A few kilobytes with one cell in the last corner of the sheet."""
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return zipped(
        parts(sheet_xml(rows_xml(rows) + far, dimension="A1:XFD1048576"))
        | {"docProps/filler.bin": noise(3000)}
    )


def noise(size):
    """Bytes that do not compress, always the same ones."""
    made, seed = bytearray(), 7
    while len(made) < size:
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        made += seed.to_bytes(4, "big")[1:]
    return bytes(made[:size])


@cache
def bomb(megabytes=500):
    """About 2 MB that unpack to a sheet of 500 MB."""
    file = io.BytesIO()
    piece = rows_xml([["41704000000000", None, "а"]], start=1).encode() * 2000
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts("").items():
            if name != SHEET:
                archive.writestr(name, content)
        archive.writestr("xl/media/image1.bin", noise(200_000), compress_type=zipfile.ZIP_STORED)
        with archive.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(sheet_xml("\0").split("\0")[0].encode())
            for _n in range(megabytes * MEGABYTE // len(piece)):
                sheet.write(piece)
            sheet.write(sheet_xml("\0").split("\0")[1].encode())
    return file.getvalue()


def lying_directory(rows):
    """A bomb whose directory says that the sheet is small."""
    data = bytearray(bomb())
    sizes = []
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        length = int.from_bytes(data[place + 28 : place + 30], "little")
        if data[place + 46 : place + 46 + length] == SHEET.encode():
            data[place + 24 : place + 28] = (5000).to_bytes(4, "little")
            sizes.append(place)
        place += 4
    assert len(sizes) == 1
    return bytes(data)


def lying_dimension(rows):
    """A sheet that says it has two cells."""
    return zipped(parts(sheet_xml(rows_xml(rows), dimension="A1:B1")))


def laughs(rows):
    """Entities that unfold to billions of characters."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    before = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{entities}]>'
    body = rows_xml([*rows, ['<c t="inlineStr"><is><t>&l9;</t></is></c>']])
    return zipped(parts(sheet_xml(body, before=before)))


def external_entity(rows):
    """An entity that would read a file of the server."""
    before = '<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = rows_xml([*rows, ['<c t="inlineStr"><is><t>&x;</t></is></c>']])
    return zipped(parts(sheet_xml(body, before=before)))


def entities_in_utf16(rows):
    """The same, in an encoding in which a search for ASCII finds nothing."""
    xml = sheet_xml(rows_xml(rows), before='<!DOCTYPE worksheet [<!ENTITY x "ha">]>').replace(
        "UTF-8", "UTF-16"
    )
    return zipped(parts(xml.encode("utf-16")))


def with_macros(rows):
    return zipped(
        parts(sheet_xml(rows_xml(rows)), kind="macros") | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
    )


def macros_by_type_only(rows):
    return zipped(parts(sheet_xml(rows_xml(rows)), kind="macros"))


def external_links(rows):
    link = f'<Relationship Id="r9" Type="{RELATION}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    return zipped(parts(sheet_xml(rows_xml(rows)), relations=link))


def zip_inside(rows):
    inner = zipped({"a.txt": "a"})
    return zipped(parts(sheet_xml(rows_xml(rows))) | {"xl/media/picture.png": inner})


def truncated(rows):
    data = workbook(rows * 20)
    return data[: len(data) * 2 // 3]


def damaged_inside(rows):
    """A sound archive whose sheet breaks off in the middle."""
    return zipped(parts(sheet_xml(rows_xml(rows))[:-40]))


def encrypted(rows):
    data = bytearray(workbook(rows))
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


def many_entries(rows):
    return zipped(parts(sheet_xml(rows_xml(rows))) | {f"xl/a{n}.xml": "<a/>" for n in range(600)})


def compressed_too_much(rows):
    return zipped(parts(sheet_xml(rows_xml(rows))) | {"xl/media/a.bin": b"\0" * 3 * MEGABYTE})


def old_excel(rows):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000


def random_deflate(rows):
    """A part that is no deflate stream."""
    data = bytearray(workbook(rows * 50))
    place = data.find(SHEET.encode()) + len(SHEET) + 20
    data[place : place + 40] = b"\xff" * 40
    return bytes(data)


def csv_text(rows, delimiter=","):
    return "".join(
        delimiter.join("" if value is None else str(value) for value in row) + "\n" for row in rows
    )


READER = "lsg_portal.data.uploads.child"
STARTED = []


def note_start(event, args):
    """Note each start of a process that reads an uploaded file."""
    if event == "subprocess.Popen" and READER in args[1]:
        STARTED.append(args[1])


sys.addaudithook(note_start)


@contextmanager
def watched():
    """Measure what happens inside: ``seconds``, and in MB how much this process grew and the peaks of those that read.

    A process that has run thousands of tests is larger than any that serves, so its growth alone is told.

    ``children`` counts the readers that were started, however short they lived; only memory is sampled.
    """
    seen = SimpleNamespace(seconds=0.0, own=0.0, child=0.0, children=0)
    this, over, before = psutil.Process(), threading.Event(), len(STARTED)
    at_first = this.memory_info().rss

    def sample():
        while not over.is_set():
            seen.own = max(seen.own, (this.memory_info().rss - at_first) / MEGABYTE)
            for child in readers(this):
                seen.child = max(seen.child, peak(child))
            over.wait(0.005)

    thread = threading.Thread(target=sample)
    thread.start()
    began = time.perf_counter()
    try:
        yield seen
    finally:
        seen.seconds = time.perf_counter() - began
        over.set()
        thread.join()
        seen.children = len(STARTED) - before
        seen.left = readers(this)


def readers(process):
    """The processes below this one that read an uploaded file; others, a browser say, are not its concern."""
    found = []
    for child in process.children(recursive=True):
        try:
            if READER in child.cmdline():
                found.append(child)
        except psutil.Error:
            continue
    return found


def peak(process):
    """The most memory a process has had, in MB."""
    try:
        with open(f"/proc/{process.pid}/status") as status:
            line = next((line for line in status if line.startswith("VmHWM")), "VmHWM: 0 kB")
        return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
