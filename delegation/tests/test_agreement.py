"""The agreement on a transfer: parties, powers, means, reporting and term, as DOCX and PDF in both languages."""

import datetime as dt
import io

import docx
import pytest
from django.utils import translation

from delegation import services
from delegation.agreement import BLANK, LANGUAGES, agreement
from delegation.printing import as_docx, as_pdf
from delegation.tests.factories import agreed, draft, named, power, provided
from registry.tests.factories import aimak, district

pytestmark = pytest.mark.django_db
DAY = dt.date(2022, 1, 1)
HOSTILE = '#read("/etc/passwd") *a* $x$ <b> \\ Өңүү'


@pytest.fixture
def transfer():
    row = provided(
        agreed(
            aimak(district(), "Өзгөн"),
            of=power("local-tax-collection"),
            begins=dt.date(2021, 1, 1),
            ends=dt.date(2024, 1, 1),
            reporting=named("Квартал сайын"),
        )
    )
    row.refresh_from_db()
    return row


def words(found):
    return "\n".join(
        [found.title, found.subtitle, found.dated]
        + [text for s in found.sections for text in (s.title, *s.paragraphs, *s.points)]
    )


def read(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_has_parties_powers_means_reporting_and_term(transfer, language):
    with translation.override(language):
        found = agreement(transfer, day=DAY)

    text = words(found)
    assert len(found.sections) == 5
    assert transfer.state_body.name_ky in text if language == "ky" else transfer.state_body.name_ru in text
    assert "Өзгөн" in text
    assert len(found.sections[1].points) == 6
    assert any("1 200,00" in point.replace("\xa0", " ") for point in found.sections[2].points)
    assert "Квартал сайын" in text
    assert "2023" in found.sections[4].paragraphs[0]
    assert BLANK not in text


def test_what_is_not_recorded_is_a_blank():
    found = agreement(draft(aimak(district())), day=DAY)

    assert BLANK in found.subtitle
    assert found.dated == BLANK
    assert found.sections[2].points == (BLANK,)
    assert found.sections[3].paragraphs == (BLANK,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_docx_and_a_pdf(transfer, language):
    with translation.override(language):
        found = agreement(transfer, day=DAY)

    text = read(as_docx(found))
    for line in words(found).split("\n"):
        assert line in text
    pdf = as_pdf(found, language=language)
    assert pdf.startswith(b"%PDF-")
    assert b"Libertinus" in pdf


def test_names_are_data_and_no_markup(transfer):
    services.change_power(power=transfer.power, name={"ky": HOSTILE, "ru": HOSTILE})
    transfer.power.refresh_from_db()

    with translation.override("ky"):
        found = agreement(transfer, day=DAY)

    assert HOSTILE in read(as_docx(found))
    assert as_pdf(found, language="ky").startswith(b"%PDF-")
