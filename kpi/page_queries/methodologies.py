"""Methodologies as pages show them."""

from __future__ import annotations

import datetime as dt
import uuid

from registry.queries import Row, names, rows

ROW = f"""
    m.id, m.subject, m.number, m.gate,
    CASE WHEN upper(m.valid) > %(day)s::date THEN 'active' ELSE m.status END AS status,
    CASE WHEN upper(m.valid) > %(day)s::date AND (m.updated_at AT TIME ZONE 'Asia/Bishkek')::date > %(day)s::date
         THEN daterange(lower(m.valid), NULL) ELSE m.valid END AS valid,
    {names("m")}, {names("m", "note")}, m.provenance, m.source, m.act_id,
    m.version, a.kind AS act_kind, a.number AS act_number, a.adopted_on AS act_adopted_on, {names("a", "title")},
    (SELECT count(*) FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
      WHERE c.methodology_id = m.id AND c.removed_at IS NULL AND i.removed_at IS NULL) AS indicators
  FROM kpi_methodology m LEFT JOIN registry_legalact a ON a.id = m.act_id"""
"""A version as it was on a day: in force until its last day, and that day told only where it was certainly known by then."""
SEEN = "(m.status <> 'draft' OR %(drafts)s)"
LISTED = "'name_ky', x.name_ky, 'name_ru', x.name_ru, 'name_en', x.name_en"


def methodologies(day: dt.date, *, drafts: bool) -> list[Row]:
    """Return the versions that had come into force by a day, the latest first; with ``drafts`` those too."""
    return rows(
        f"""SELECT {ROW} WHERE {SEEN} AND (m.valid IS NULL OR lower(m.valid) <= %(day)s::date)
             ORDER BY m.subject, m.number DESC""",
        {"day": day, "drafts": drafts},
    )


def methodology(pk: uuid.UUID, day: dt.date, *, drafts: bool) -> Row | None:
    """Return one version as it was on a day, with its bands from the highest down and its peer groups in their order."""
    found = rows(
        f"""
        SELECT y.*,
               (SELECT json_agg(json_build_object('code', x.code, 'least', x.least, {LISTED}) ORDER BY x.least DESC)
                  FROM kpi_band x WHERE x.methodology_id = y.id AND x.removed_at IS NULL) AS bands,
               (SELECT json_agg(json_build_object('code', x.code, 'unit_kinds', x.unit_kinds, {LISTED})
                                ORDER BY x."order", x.code)
                  FROM kpi_peergroup x WHERE x.methodology_id = y.id AND x.removed_at IS NULL) AS peer_groups
          FROM (SELECT {ROW} WHERE m.id = %(pk)s AND {SEEN}) y""",
        {"pk": pk, "day": day, "drafts": drafts},
    )
    return next(iter(found), None)


def peer_groups(pk: uuid.UUID) -> list[Row]:
    """Return the peer groups of a version in their order."""
    return rows(
        f"""SELECT x.id, x.code, {names("x")} FROM kpi_peergroup x
             WHERE x.methodology_id = %(pk)s AND x.removed_at IS NULL ORDER BY x."order", x.code""",
        {"pk": pk},
    )


def bands(pk: uuid.UUID) -> list[Row]:
    """Return the bands of a version from the highest down."""
    return rows(
        f"""SELECT x.code, x.least, {names("x")} FROM kpi_band x
             WHERE x.methodology_id = %(pk)s AND x.removed_at IS NULL ORDER BY x.least DESC""",
        {"pk": pk},
    )


def versions_of(code: str) -> list[Row]:
    """Return the versions of heads' assessment that have been in force and know a measure, the latest first."""
    return rows(
        """SELECT m.id AS methodology_id, m.number AS methodology_number, m.act_id, m.valid,
                   m.provenance AS methodology_provenance FROM kpi_methodology m
             WHERE m.status <> 'draft' AND m.subject = 'head_of_executive' AND EXISTS (
                   SELECT FROM kpi_indicator i JOIN kpi_category c ON c.id = i.category_id
                     JOIN kpi_measure e ON e.id = i.measure_id
                    WHERE c.methodology_id = m.id AND e.code = %(code)s AND i.removed_at IS NULL AND c.removed_at IS NULL)
             ORDER BY m.number DESC""",
        {"code": code},
    )
