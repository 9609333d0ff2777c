"""Sessions, who came, what was on the agenda, what was decided with which vote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from councils.models.bodies import Convocation, Council
from councils.models.mandates import Mandate
from councils.querysets import PresentQuerySet
from registry.models import Change, LegalAct, Person, Recorded


class SessionKind(models.TextChoices):
    """Why a session is held."""

    FIRST = "first", _("first")
    ORDINARY = "ordinary", _("ordinary")
    EXTRAORDINARY = "extraordinary", _("extraordinary")


class SessionStatus(models.TextChoices):
    """How far a session is."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("held")
    CANCELLED = "cancelled", _("cancelled")


class Session(Recorded):
    """A sitting of a convocation on a day of its term."""

    convocation = models.ForeignKey(
        Convocation, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("convocation")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    held_on = models.DateField(_("held on"))
    kind = models.CharField(_("kind"), max_length=14, choices=SessionKind, default=SessionKind.ORDINARY)
    status = models.CharField(_("status"), max_length=9, choices=SessionStatus, default=SessionStatus.PLANNED)
    place = models.CharField(_("place"), max_length=300, blank=True, default="")
    initiators = models.PositiveSmallIntegerField(_("deputies who asked for it"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Change,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("cancelled by change"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta(Recorded.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [
            models.UniqueConstraint(name="councils_session_number_once", fields=["convocation", "number"]),
            models.CheckConstraint(name="councils_session_kind", condition=Q(kind__in=SessionKind.values)),
            models.CheckConstraint(
                name="councils_session_status", condition=Q(status__in=SessionStatus.values)
            ),
        ]
        indexes = [models.Index(name="councils_session_day", fields=["held_on", "convocation"])]

    def __str__(self) -> str:
        return f"{self.convocation_id} {self.number}"


class AttendanceState(models.TextChoices):
    """Whether a deputy came."""

    PRESENT = "present", _("present")
    EXCUSED = "excused", _("absent, excused")
    UNEXCUSED = "unexcused", _("absent, unexcused")


class Attendance(models.Model):
    """A deputy at a session; the mandate is in force on its day."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("session")
    )
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="attendances", verbose_name=_("mandate")
    )
    state = models.CharField(_("attendance"), max_length=9, choices=AttendanceState)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.UniqueConstraint(name="councils_attendance_once", fields=["session", "mandate"]),
            models.CheckConstraint(
                name="councils_attendance_state", condition=Q(state__in=AttendanceState.values)
            ),
        ]
        indexes = [models.Index(name="councils_attendance_mandate", fields=["mandate", "state"])]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mandate_id} {self.state}"


class AdvisoryCapacity(models.TextChoices):
    """Who may attend and speak without a vote (law 123 of 2021, art. 56 (4); the prosecutor)."""

    VILLAGE_HEAD = "village_head", _("village head")
    PROSECUTOR = "prosecutor", _("prosecutor")
    HEAD_OF_EXECUTIVE = "head_of_executive", _("head of the executive body")
    OTHER = "other", _("other attendee")


class AdvisoryAttendance(models.Model):
    """Somebody at a session with an advisory vote or none."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="advisory_attendances", verbose_name=_("session")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="advisory_attendances", verbose_name=_("person")
    )
    capacity = models.CharField(_("in which capacity"), max_length=17, choices=AdvisoryCapacity)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta:
        verbose_name = _("advisory attendee")
        verbose_name_plural = _("advisory attendees")
        constraints = [
            models.UniqueConstraint(name="councils_advisoryattendance_once", fields=["session", "person"]),
            models.CheckConstraint(
                name="councils_advisoryattendance_capacity", condition=Q(capacity__in=AdvisoryCapacity.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


class MajorityBase(models.TextChoices):
    """Of whom a share is needed."""

    ALL = "all", _("of all deputies")
    PRESENT = "present", _("of those present")


class DecisionRule(Recorded):
    """A share that law demands, as data with its article: majorities, the quorum, the initiative.

    Enough is ``votes × denominator > base × numerator`` where ``strict``, else ``≥``. ``base`` "all" is the number of
    deputies whose mandates are in force that day.
    """

    class Purpose(models.TextChoices):
        MAJORITY = "majority", _("majority")
        QUORUM = "quorum", _("quorum")
        INITIATIVE = "initiative", _("initiative")

    code = models.SlugField(_("code"), max_length=30, unique=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    numerator = models.PositiveSmallIntegerField(_("numerator"))
    denominator = models.PositiveSmallIntegerField(_("denominator"))
    base = models.CharField(_("base"), max_length=7, choices=MajorityBase)
    strict = models.BooleanField(_("more than the share"), default=False)
    article = models.CharField(_("article"), max_length=200, blank=True, default="")
    name = models.CharField(_("name"), max_length=200)

    if TYPE_CHECKING:
        name_ky: str | None
        name_ru: str | None
        name_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("rule of decision")
        verbose_name_plural = _("rules of decision")
        constraints = [
            models.CheckConstraint(
                name="councils_decisionrule_share",
                condition=Q(numerator__gte=1, denominator__gte=1, numerator__lte=F("denominator")),
            )
        ]

    def __str__(self) -> str:
        return str(self.name)

    def enough(self, votes: int, *, of: int) -> bool:
        """Tell whether ``votes`` are the demanded share of ``of``."""
        have, need = votes * self.denominator, of * self.numerator
        return have > need if self.strict else have >= need


class AgendaItem(Recorded):
    """A point of a session's agenda."""

    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="agenda", verbose_name=_("session")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=500)
    speaker = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("speaker")
    )
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(
                name="councils_agendaitem_once",
                fields=["session", "number"],
                condition=Q(removed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return str(self.title)


class ResolutionStatus(models.TextChoices):
    """The life of a resolution; what is published changes no more, a later resolution may cancel it."""

    DRAFT = "draft", _("draft")
    ADOPTED = "adopted", _("adopted")
    REGISTERED = "registered", _("registered")
    PUBLISHED = "published", _("published")
    CANCELLED = "cancelled", _("cancelled")


class Resolution(Recorded):
    """A decision of a council."""

    council = models.ForeignKey(
        Council, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("council")
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name=_("session"),
    )
    agenda_item = models.ForeignKey(
        AgendaItem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name=_("agenda item"),
    )
    number = models.CharField(_("number"), max_length=30, blank=True, default="")
    adopted_on = models.DateField(_("adopted on"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=500)
    text = models.TextField(_("text"), blank=True, default="")
    normative = models.BooleanField(_("normative"), default=False)
    rule = models.ForeignKey(
        DecisionRule, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("majority needed")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=ResolutionStatus, default=ResolutionStatus.DRAFT
    )
    registration_number = models.CharField(_("registration number"), max_length=50, blank=True, default="")
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_in = models.CharField(_("published in"), max_length=300, blank=True, default="")
    cancelled_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancels",
        verbose_name=_("cancelled by"),
    )
    legal_act = models.OneToOneField(
        LegalAct,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resolution",
        verbose_name=_("legal act"),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    if TYPE_CHECKING:
        title_ky: str | None
        title_ru: str | None
        title_en: str | None

    class Meta(Recorded.Meta):
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        constraints = [
            models.CheckConstraint(
                name="councils_resolution_status", condition=Q(status__in=ResolutionStatus.values)
            ),
            models.UniqueConstraint(
                name="councils_resolution_number_once",
                fields=["council", "number", "adopted_on"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="councils_resolution_adopted_is_complete",
                condition=Q(status="draft")
                | (Q(adopted_on__isnull=False, session__isnull=False) & ~Q(number="")),
            ),
            models.CheckConstraint(
                name="councils_resolution_registered_is_complete",
                condition=Q(status__in=["draft", "adopted"])
                | (Q(registered_on__isnull=False) & ~Q(registration_number="")),
            ),
            models.CheckConstraint(
                name="councils_resolution_published_is_complete",
                condition=Q(status__in=["draft", "adopted", "registered"]) | Q(published_on__isnull=False),
            ),
            models.CheckConstraint(
                name="councils_resolution_cancelled_names_by_what",
                condition=Q(status="cancelled", cancelled_by__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_by__isnull=True)),
            ),
        ]
        indexes = [models.Index(name="councils_resolution_day", fields=["adopted_on", "council"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class ResolutionFile(Recorded):
    """A file of a resolution (PDF, DOCX, checked by content), in one language."""

    resolution = models.ForeignKey(
        Resolution, on_delete=models.PROTECT, related_name="files", verbose_name=_("resolution")
    )
    file = models.FileField(_("file"), upload_to="resolutions/%Y/%m/")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta(Recorded.Meta):
        verbose_name = _("file of a resolution")
        verbose_name_plural = _("files of resolutions")

    def __str__(self) -> str:
        return str(self.name)


class Vote(models.Model):
    """The result of a vote on a resolution: totals, and how many deputies were present."""

    resolution = models.OneToOneField(
        Resolution,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="vote",
        verbose_name=_("resolution"),
    )
    present = models.PositiveSmallIntegerField(_("present"))
    of_all = models.PositiveSmallIntegerField(_("deputies in office"))
    in_favour = models.PositiveSmallIntegerField(_("in favour"))
    against = models.PositiveSmallIntegerField(_("against"))
    abstained = models.PositiveSmallIntegerField(_("abstained"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.CheckConstraint(
                name="councils_vote_no_more_than_present",
                condition=Q(present__gte=F("in_favour") + F("against") + F("abstained")),
            ),
            models.CheckConstraint(
                name="councils_vote_present_of_all", condition=Q(present__lte=F("of_all"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.in_favour}:{self.against}:{self.abstained}"


class VoteChoice(models.TextChoices):
    """How a deputy voted."""

    IN_FAVOUR = "in_favour", _("in favour")
    AGAINST = "against", _("against")
    ABSTAINED = "abstained", _("abstained")


class NamedVote(models.Model):
    """A deputy's vote in a roll call; the deputy was present, and the totals are the sum of these."""

    vote = models.ForeignKey(Vote, on_delete=models.PROTECT, related_name="named", verbose_name=_("vote"))
    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="votes", verbose_name=_("mandate")
    )
    choice = models.CharField(_("vote"), max_length=9, choices=VoteChoice)
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True, editable=False)

    objects = PresentQuerySet.as_manager()

    class Meta:
        verbose_name = _("named vote")
        verbose_name_plural = _("named votes")
        constraints = [
            models.UniqueConstraint(name="councils_namedvote_once", fields=["vote", "mandate"]),
            models.CheckConstraint(
                name="councils_namedvote_choice", condition=Q(choice__in=VoteChoice.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mandate_id} {self.choice}"
