"""The ministry's own import of a classifier: what an uploaded file would do, then exactly that file applied."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import IO, Any

from lsg_portal.data.uploads import CellError, RowsRefused
from registry.classifier import SENTENCES, read_file
from registry.importing import SETTLEMENT_TYPES, UNIT_ORDER, ClassifierImport, Outcome
from registry.sources import CLASSIFIER_FILE
from registry.table_import import MOST_ERRORS

SYSTEM = "soate"
PERMISSION = "registry.import_classifier"


@dataclass(frozen=True)
class KindCount:
    """The rows of one kind of unit: how many, and how many of them the register did not know."""

    kind: str
    rows: int
    new: int

    @property
    def matched(self) -> int:
        """Rows whose unit the register knows."""
        return self.rows - self.new


@dataclass
class Report:
    """What an import does, or would do, with a file."""

    name: str
    valid_from: dt.date
    committed: bool
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0
    kinds: list[KindCount] = field(default_factory=list)
    codes: int = 0
    names: int = 0
    refused: list[CellError] = field(default_factory=list)
    """Why rows are refused, of very many the first."""

    refused_rows: int = 0
    differences: list[CellError] = field(default_factory=list)
    differing: int = 0

    @property
    def new(self) -> int:
        """Units and settlements the register did not know."""
        return sum(one.new for one in self.kinds)

    @property
    def matched(self) -> int:
        """Rows whose unit or settlement the register knows."""
        return sum(one.matched for one in self.kinds)

    @property
    def changes(self) -> int:
        """Rows the import writes."""
        return self.new + self.codes + self.names

    def as_plain(self) -> dict[str, Any]:
        """Return the report in plain values; sentences stay codes, so that they can be said in any language."""
        plain = asdict(self)
        for name in ("refused", "differences"):
            for error in plain[name]:
                error.pop("sentence")
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Report:
        """Return the report that ``as_plain`` wrote."""
        known = dict(plain)
        known["kinds"] = [KindCount(**one) for one in known["kinds"]]
        for name in ("refused", "differences"):
            known[name] = [CellError(**one, sentence=SENTENCES.get(one["code"], "")) for one in known[name]]
        return cls(**known)


def import_file(
    *, file: IO[bytes], name: str, valid_from: dt.date, commit: bool, skip_refused: bool
) -> Report:
    """Match a file's rows to the register as of a day, and with ``commit`` write what is missing.

    All rows or none: refused rows stop the writing unless ``skip_refused`` leaves them out. Raises UploadRefused for a
    file that cannot be read, RowsRefused, and DomainError where the records would break a rule.
    """
    classifier = read_file(file, name=name)
    shown = classifier.table.name
    job = ClassifierImport(
        classifier, valid_from=valid_from, system=SYSTEM, source=f"{CLASSIFIER_FILE}{shown}"
    )
    outcome = job.run(commit=commit, skip_refused=skip_refused, progress=lambda done, total: None)
    stopped = bool(outcome.refused) and not skip_refused
    table = classifier.table
    report = Report(
        name=shown,
        valid_from=valid_from,
        committed=commit and not stopped,
        sheet=table.sheet,
        other_sheets=table.other_sheets,
        ignored=table.ignored,
        rows=len(classifier),
        codes=outcome.codes,
        names=outcome.names,
        kinds=_kinds(outcome),
        refused=outcome.errors[:MOST_ERRORS],
        refused_rows=len(outcome.refused),
        differences=outcome.differences[:MOST_ERRORS],
        differing=len(outcome.differences),
    )
    if commit and stopped:
        raise RowsRefused(report)
    return report


def _kinds(outcome: Outcome) -> list[KindCount]:
    """Return the counts from the oblast down to the village."""
    order = [str(kind) for kind in (*UNIT_ORDER, *SETTLEMENT_TYPES)]
    return [
        KindCount(str(kind), outcome.met[kind], outcome.created[kind])
        for kind in sorted(outcome.met, key=order.index)
    ]
