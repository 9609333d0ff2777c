"""Files of resolutions are told by what is in them."""

import io
import zipfile

import pytest

from councils import documents
from councils.documents import DOCX, PDF, DocumentRefused, inspect

PLAIN_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="{}"/></Types>'
)
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
BODY = '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w"><w:body/></w:document>'


def docx(parts=None, *, kind=MAIN, body=BODY):
    """The bytes of a small Word document."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(kind))
        if body is not None:
            archive.writestr("word/document.xml", body)
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def looked_at(content, name="токтом.pdf"):
    return inspect(io.BytesIO(content), name=name)


def refused(content, name="токтом.docx"):
    with pytest.raises(DocumentRefused) as caught:
        looked_at(content, name)
    return caught.value.problem_status, caught.value.code


def test_a_pdf_and_a_word_document_are_known_by_their_content():
    assert looked_at(PLAIN_PDF).media_type == PDF
    assert looked_at(docx()).media_type == DOCX


@pytest.mark.parametrize(
    ("content", "name", "stored"),
    [
        (PLAIN_PDF, "токтом.pdf", "токтом.pdf"),
        (PLAIN_PDF, "токтом.docx", "токтом.pdf"),
        (PLAIN_PDF, "C:\\иш\\токтом", "токтом.pdf"),
        (PLAIN_PDF, "../../etc/passwd.exe", "passwd.pdf"),
        (PLAIN_PDF, "№ 1.2 токтом", "№ 1.2 токтом.pdf"),
    ],
)
def test_the_name_gets_the_ending_of_the_content(content, name, stored):
    assert looked_at(content, name).name == stored


def test_size_and_digest_are_of_what_was_sent_and_the_file_is_rewound():
    file = io.BytesIO(PLAIN_PDF)

    found = inspect(file, name="a.pdf")

    assert (found.size, len(found.sha256), file.tell()) == (len(PLAIN_PDF), 64, 0)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (b"", (400, "empty")),
        (b"MZ\x90\x00 program", (415, "kind")),
        (b"<html>%PDF-1.7 %%EOF", (415, "kind")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", (415, "old_or_encrypted")),
        (b"%PDF-1.7 cut off", (400, "damaged")),
        (docx()[:200], (400, "damaged")),
        (docx(body=None), (415, "kind")),
        (docx({"xl/workbook.xml": "<a/>"}, body=None), (415, "kind")),
        (docx(kind="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"), (415, "kind")),
        (docx(kind="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"), (415, "kind")),
        (docx({"word/vbaProject.bin": b"macro"}), (415, "macros")),
        (docx(kind="application/vnd.ms-word.document.macroEnabled.main+xml"), (415, "macros")),
        (docx({"word/embeddings/a.bin": b"MZ\x90 program"}), (415, "embedded")),
        (docx(body='<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a/>'), (400, "entities")),
        (
            docx({"word/_rels/settings.xml.rels": '<a Type="relationships/attachedTemplate" Target="http://x"/>'}),
            (415, "external_links"),
        ),
        (docx({"word/big.xml": b" " * 60_000_000}), (413, "inflates_too_much")),
        (docx({f"word/p{number}.xml": "<a/>" for number in range(600)}), (413, "too_many_entries")),
        (b"%PDF-1.7" + b" " * documents.LIMITS.size + b"%%EOF", (413, "too_large")),
    ],
)  # fmt: skip
def test_what_is_neither_is_refused_with_its_reason(content, answer):
    assert refused(content) == answer


def test_the_refusal_names_the_file_and_says_what_to_do():
    with pytest.raises(DocumentRefused) as caught:
        looked_at(docx({"word/vbaProject.bin": b"macro"}), "бюджет.docx")

    assert caught.value.message.startswith("бюджет.docx: ")
    assert caught.value.violations[0].pointer == "/file"
