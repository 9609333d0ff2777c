"""An agreement as a file: DOCX to be edited, PDF to be signed."""

from __future__ import annotations

import io
import json
from dataclasses import asdict

import docx
import typst
from docx.enum.text import WD_ALIGN_PARAGRAPH

from delegation.agreement import Agreement

TEMPLATE = b"""
#let it = json(bytes(sys.inputs.agreement))
#set document(title: it.title)
#set page(paper: "a4", margin: (left: 3cm, right: 1.5cm, y: 2cm), numbering: "1")
#set text(font: "Libertinus Serif", size: 12pt, lang: sys.inputs.language)
#set par(justify: true)
#align(center)[#text(weight: "bold", size: 14pt, it.title) \\ #it.subtitle]
#align(right, it.dated)
#for (place, section) in it.sections.enumerate(start: 1) {
  heading(level: 2, [#place. #section.title])
  for paragraph in section.paragraphs { par(paragraph) }
  if section.points.len() > 0 { list(..section.points) }
}
#v(2cm)
#grid(columns: (1fr,) * it.parties.len(), gutter: 1cm,
  ..it.parties.map(party => [#party #v(1.2cm) #line(length: 100%)]))
"""
"""Names reach the text as data, never as markup."""


def as_pdf(agreement: Agreement, *, language: str) -> bytes:
    """Return the agreement as PDF, with fonts inside that have ң, ө and ү."""
    given = json.dumps(asdict(agreement), ensure_ascii=False)
    return typst.compile(
        TEMPLATE,
        sys_inputs={"agreement": given, "language": language},
        ignore_system_fonts=True,
    )


def as_docx(agreement: Agreement) -> bytes:
    """Return the agreement as a DOCX."""
    document = docx.Document()
    document.core_properties.title = agreement.title
    document.core_properties.author = ""
    document.add_heading(agreement.title, level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(agreement.subtitle).alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph(agreement.dated).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for place, section in enumerate(agreement.sections, start=1):
        document.add_heading(f"{place}. {section.title}", level=2)
        for paragraph in section.paragraphs:
            document.add_paragraph(paragraph)
        for point in section.points:
            document.add_paragraph(point, style="List Bullet")
    cells = document.add_table(rows=1, cols=len(agreement.parties)).rows[0].cells
    for cell, party in zip(cells, agreement.parties, strict=True):
        cell.text = f"{party}\n\n____________________"
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
