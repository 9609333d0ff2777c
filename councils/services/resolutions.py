"""The life of a resolution: drafted, voted on, adopted, registered, published; cancelled by a later one only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from councils.errors import conflict, refuse, told
from councils.models import (
    AgendaItem,
    Attendance,
    AttendanceState,
    Council,
    DecisionRule,
    MajorityBase,
    Mandate,
    NamedVote,
    Resolution,
    ResolutionStatus,
    Session,
    SessionStatus,
    Vote,
    VoteChoice,
)
from councils.services.locking import check_adoption, locked, write_texts
from councils.services.sessions import named as in_words
from registry.models import LegalAct, Provenance
from registry.names import clean

LONGEST_TEXT = 100_000


@transaction.atomic
def draft_resolution(
    *,
    council: Council,
    title: Mapping[str, str],
    rule: DecisionRule,
    text: Mapping[str, str] | None = None,
    normative: bool = False,
    session: Session | None = None,
    agenda_item: AgendaItem | None = None,
    provenance: str = Provenance.DOCUMENTED,
    source: str = "",
) -> Resolution:
    """Draft a resolution of a council, for a session where it is known already."""
    row = Resolution(
        council=council,
        session=session or (agenda_item.session if agenda_item else None),
        agenda_item=agenda_item,
        rule=rule,
        normative=normative,
        provenance=provenance,
        source=source,
    )
    return _write(row, title, text)


@transaction.atomic
def redraft(
    *,
    resolution: Resolution,
    title: Mapping[str, str] | None = None,
    text: Mapping[str, str] | None = None,
    rule: DecisionRule | None = None,
    normative: bool | None = None,
    session: Session | None = None,
    agenda_item: AgendaItem | None = None,
    expected_version: int | None = None,
) -> Resolution:
    """Change a draft; what is not given stays. The session of a draft that has been voted on stays too."""
    row = _in_state(resolution, ResolutionStatus.DRAFT, expected_version)
    if session is not None and session.pk != row.session_id:
        if Vote.objects.filter(resolution=row).exists():
            conflict("voted_on", _("The draft has been voted on in its session."))
        row.session, row.agenda_item = session, None
    if agenda_item is not None:
        row.agenda_item = agenda_item
        row.session_id = row.session_id or agenda_item.session_id
    if rule is not None:
        row.rule = rule
    if normative is not None:
        row.normative = normative
    row.version += 1
    return _write(row, title, text)


def _write(row: Resolution, title: Mapping[str, str] | None, text: Mapping[str, str] | None) -> Resolution:
    if title is not None:
        write_texts(row, "title", title, longest=500)
    for language in ("ky", "ru", "en") if text is not None else ():
        words = (text or {}).get(language) or ""
        if len(words) > LONGEST_TEXT:
            refuse(
                "too_long", _("At most %(most)s characters.") % {"most": LONGEST_TEXT}, f"/text_{language}"
            )
        setattr(row, f"text_{language}", words)
    with told():
        row.save()
    return row


STATES = {
    ResolutionStatus.DRAFT: (
        "not_a_draft",
        gettext_lazy("Only a draft can be changed, voted on or adopted."),
    ),
    ResolutionStatus.ADOPTED: ("not_adopted", gettext_lazy("Only an adopted resolution can be registered.")),
    ResolutionStatus.REGISTERED: (
        "not_registered",
        gettext_lazy("Only a registered resolution can be published."),
    ),
    ResolutionStatus.PUBLISHED: (
        "not_published",
        gettext_lazy("Only a published resolution can be cancelled."),
    ),
}


def _in_state(resolution: Resolution, status: str, expected_version: int | None) -> Resolution:
    """Return the row, locked; raise Stale or StateConflict unless it is as the step demands."""
    row = locked(resolution, expected_version)
    if row.status != status:
        conflict(*STATES[ResolutionStatus(status)])
    return row


@transaction.atomic
def record_vote(
    *,
    resolution: Resolution,
    in_favour: int | None = None,
    against: int | None = None,
    abstained: int | None = None,
    present: int | None = None,
    named: Mapping[uuid.UUID, str] | None = None,
    expected_version: int | None = None,
) -> Vote:
    """Record the vote on a draft: totals, by name, or both; a new entry replaces the former.

    ``present`` is the number who attended where none is given. Totals that are not given are those of ``named``.
    Raises RuleBroken where more voted than were present, somebody did who was not, or the roll call does not add up.
    """
    row = _in_state(resolution, ResolutionStatus.DRAFT, expected_version)
    if row.session is None or row.session.status == SessionStatus.CANCELLED:
        refuse("councils_resolution_session", pointer="/session")
    session = locked(row.session)  # nobody corrects the attendance meanwhile
    attended = set(
        Attendance.objects.filter(session=session, state=AttendanceState.PRESENT).values_list(
            "mandate_id", flat=True
        )
    )
    if named is not None:
        if not set(named.values()) <= set(VoteChoice.values):
            refuse("councils_namedvote_choice", pointer="/named")
        if not attended.issuperset(named):
            refuse("councils_namedvote_present", pointer="/named")
    totals = _totals({"in_favour": in_favour, "against": against, "abstained": abstained}, named)
    here = len(attended) if present is None else present
    if here > len(attended):
        refuse("councils_vote_present", pointer="/present")
    if sum(totals.values()) > here:
        refuse("councils_vote_no_more_than_present", pointer="/in_favour")
    of_all = Mandate.objects.on(session.held_on).filter(convocation=session.convocation_id).count()
    with told():
        vote, _new = Vote.objects.update_or_create(
            resolution=row, defaults={"present": here, "of_all": of_all, **totals}
        )
        _write_named(vote, named or {})
        row.version += 1
        row.save(update_fields=["version"])
    return vote


def _totals(given: Mapping[str, int | None], named: Mapping[uuid.UUID, str] | None) -> dict[str, int]:
    """Return the totals of a vote; raise RuleBroken where they are missing or not those of the roll call."""
    if named is None:
        missing = [name for name, value in given.items() if value is None]
        if missing:
            refuse("required", _("Give how many were in favour, against and abstained."), f"/{missing[0]}")
        return {name: value or 0 for name, value in given.items()}
    counted = Counter(named.values())
    if any(value is not None and value != counted[name] for name, value in given.items()):
        refuse("councils_namedvote_totals", pointer="/named")
    return {name: counted[name] for name in given}


def _write_named(vote: Vote, named: Mapping[uuid.UUID, str]) -> None:
    """Write a roll call in the place of the former; a vote taken out of it is marked, not deleted."""
    former = NamedVote.objects.present().filter(vote=vote).exclude(mandate__in=list(named))
    former.update(removed_at=timezone.now())
    NamedVote.objects.bulk_create(
        (NamedVote(vote=vote, mandate_id=mandate, choice=choice) for mandate, choice in named.items()),
        update_conflicts=True,
        unique_fields=["vote", "mandate"],
        update_fields=["choice", "removed_at"],
    )


@transaction.atomic
def adopt(*, resolution: Resolution, number: str, expected_version: int | None = None) -> Resolution:
    """Adopt a draft under ``number``, as of the day of its session.

    Raises RuleBroken unless the session was held, with a quorum, and the votes are the majority that the rule demands.
    """
    row = _in_state(resolution, ResolutionStatus.DRAFT, expected_version)
    number = clean(number)
    if not number:
        refuse("councils_resolution_adopted_is_complete", pointer="/number")
    row.session = locked(row.session) if row.session else None
    if row.session is None or row.session.status != SessionStatus.HELD:
        refuse("councils_resolution_session", pointer="/session")
    vote = Vote.objects.filter(resolution=row).first()
    if vote is None:
        refuse("councils_resolution_no_vote")
    quorum = DecisionRule.objects.get(code="quorum")
    if not quorum.enough(vote.present, of=vote.of_all):
        refuse(
            "councils_resolution_quorum",
            _("There was no quorum: %(present)s of %(all)s deputies (%(rule)s).")
            % {"present": vote.present, "all": vote.of_all, "rule": in_words(quorum)},
        )
    base = vote.of_all if row.rule.base == MajorityBase.ALL else vote.present
    if not row.rule.enough(vote.in_favour, of=base):
        refuse(
            "councils_resolution_majority",
            _("%(votes)s of %(all)s votes are not the majority that is needed (%(rule)s).")
            % {"votes": vote.in_favour, "all": base, "rule": in_words(row.rule)},
        )
    row.number, row.adopted_on = number, row.session.held_on
    row.status = ResolutionStatus.ADOPTED
    return _save(row, "number", "adopted_on")


def _save(row: Resolution, *fields: str) -> Resolution:
    """Save a step of the life, and have the database look at what it was adopted with."""
    row.version += 1
    with told():
        row.save(update_fields=[*fields, "status", "version"])
        check_adoption()
    return row


@transaction.atomic
def register(
    *, resolution: Resolution, registration_number: str, on: dt.date, expected_version: int | None = None
) -> Resolution:
    """Enter an adopted resolution into the register of acts."""
    row = _in_state(resolution, ResolutionStatus.ADOPTED, expected_version)
    row.registration_number, row.registered_on = clean(registration_number), on
    if not row.registration_number:
        refuse("councils_resolution_registered_is_complete", pointer="/registration_number")
    row.status = ResolutionStatus.REGISTERED
    return _save(row, "registration_number", "registered_on")


@transaction.atomic
def publish(
    *, resolution: Resolution, on: dt.date, published_in: str = "", expected_version: int | None = None
) -> Resolution:
    """Publish a registered resolution: it becomes a legal act, and nothing of it changes any more."""
    row = _in_state(resolution, ResolutionStatus.REGISTERED, expected_version)
    row.published_on, row.published_in = on, clean(published_in)[:300]
    row.status = ResolutionStatus.PUBLISHED
    row.legal_act = LegalAct.objects.create(
        kind=LegalAct.Kind.COUNCIL_RESOLUTION,
        number=row.number,
        adopted_on=row.adopted_on,
        in_force=(on, None),
        title_ky=row.title_ky,
        title_ru=row.title_ru,
        title_en=row.title_en,
        provenance=row.provenance,
        source=row.source,
    )
    return _save(row, "published_on", "published_in", "legal_act")


@transaction.atomic
def cancel(
    *, resolution: Resolution, by_resolution: Resolution, expected_version: int | None = None
) -> Resolution:
    """Cancel a published resolution by a later, published one of the same council; its legal act is repealed."""
    row = _in_state(resolution, ResolutionStatus.PUBLISHED, expected_version)
    later = Resolution.objects.select_related("legal_act").get(pk=by_resolution.pk)
    if (
        later.council_id != row.council_id
        or later.status != ResolutionStatus.PUBLISHED
        or later.adopted_on is None
        or row.adopted_on is None
        or later.adopted_on <= row.adopted_on
    ):
        refuse("councils_resolution_cancelled_by", pointer="/cancelled_by")
    row.status, row.cancelled_by = ResolutionStatus.CANCELLED, later
    if row.legal_act:
        row.legal_act.status = LegalAct.Status.REPEALED
        row.legal_act.repealed_by = later.legal_act
        row.legal_act.save(update_fields=["status", "repealed_by"])
    return _save(row, "cancelled_by")
