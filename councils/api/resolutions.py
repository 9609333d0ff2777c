"""Resolutions and votes over REST: the published ones for anybody, drafts for their council and the ministry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy
from rest_framework.request import Request

from councils import queries, rules, services, visibility
from councils.api.bodies import ResolutionBody, known_rule
from councils.api.columns import (
    CONVOCATION,
    COUNCIL,
    COUNCIL_KINDS,
    FROM,
    PLACE,
    TO,
    name_of,
    narrow,
    narrow_to,
    narrow_to_days,
    narrow_to_words,
    place_columns,
    texts,
)
from councils.api.keeping import OfCouncils, must_keep
from councils.models import (
    AgendaItem,
    Council,
    Resolution,
    ResolutionStatus,
    Session,
)
from lsg_portal.data import prepared
from lsg_portal.rest import shapes
from lsg_portal.rest.columns import Column
from lsg_portal.rest.lists import Source, SqlListView
from lsg_portal.rest.paging import Key
from lsg_portal.rest.params import Param
from lsg_portal.rest.problems import Fault, RuleBroken
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import CreateMixin
from registry.api.columns import PROVENANCE

STATUSES = tuple(ResolutionStatus.values)
SESSION = Param("session", "uuid", gettext_lazy("Only what belongs to this session."))
RULE = (
    Column("rule.code", "dr.code"),
    *texts("rule.name", "dr"),
    Column("rule.article", "dr.article"),
)
SAT = (
    Column("session.id", "r.session_id", "uuid", anchor=True),
    Column("session.number", "r.session_number", "int"),
    Column("session.held_on", "r.held_on", "date"),
)

COLUMNS = (
    Column("id", "r.id", "uuid"),
    Column("council.id", "r.council_id", "uuid"),
    Column("council.kind", "r.council_kind", schema=COUNCIL_KINDS),
    *place_columns(),
    *SAT,
    Column("agenda_item", "r.agenda_item_id", "uuid", null=True),
    Column("reference", "r.number"),
    Column("date", "r.adopted_on", "date", null=True),
    *texts("name", "r", "title"),
    Column("normative", "r.normative", "bool"),
    *RULE,
    Column("status", "r.status", schema={"enum": list(STATUSES)}),
    Column("vote.present", "v.present", "int", anchor=True),
    Column("vote.of_all", "v.of_all", "int"),
    Column("vote.in_favour", "v.in_favour", "int"),
    Column("vote.against", "v.against", "int"),
    Column("vote.abstained", "v.abstained", "int"),
    Column("registration_number", "r.registration_number"),
    Column("registered_on", "r.registered_on", "date", null=True),
    Column("published_on", "r.published_on", "date", null=True),
    Column("published_in", "r.published_in"),
    Column("cancelled_by", "r.cancelled_by_id", "uuid", null=True),
    Column("legal_act", "r.legal_act_id", "uuid", null=True),
    Column("version", "r.version", "int"),
    Column("provenance", "r.provenance", schema=PROVENANCE),
)
JOINS = f"""{queries.place("r")} LEFT JOIN councils_decisionrule dr ON dr.id = r.rule_id
            LEFT JOIN councils_vote v ON v.resolution_id = r.id"""
FILES = shapes.listed(
    shapes.record(
        id=shapes.UUID,
        file_name=shapes.TEXT,
        mime_type=shapes.TEXT,
        size=shapes.COUNT,
        sha256=shapes.TEXT,
        access_url=shapes.TEXT,
    )
)
RESOLUTION = shapes.row(
    COLUMNS, text=shapes.NAME, files=FILES, cancels=shapes.listed(shapes.UUID), source=shapes.TEXT
)


def only_readable(source: Source, viewer: Any) -> None:
    """Keep the resolutions ``r`` that the viewer may read."""
    readable, args = visibility.condition(rules.sight(viewer), "r", "r.unit_id")
    source.add(readable, **args)


class Readable(OfCouncils, SqlListView):
    """A list of resolutions or of what belongs to them."""

    data = ("councils", "registry")


class Resolutions(CreateMixin, Readable):
    """Resolutions with their votes; drafts for the secretary of their council and the ministry."""

    bodies = {"POST": ResolutionBody}
    answers = {"POST": RESOLUTION}
    columns = COLUMNS
    params = (
        *PLACE,
        COUNCIL,
        CONVOCATION,
        SESSION,
        Param("status", "choice", gettext_lazy("Only this status."), choices=STATUSES, many=True),
        Param("normative", "bool", gettext_lazy("Only normative ones, or only the others.")),
        FROM,
        TO,
        Param("q", "text", gettext_lazy("Words of the title or the text, or the number."), max_length=100),
    )
    keys = {
        "date": Key("coalesce(r.adopted_on, r.seen)", "date"),
        "reference": Key("r.number"),
        "status": Key("r.status"),
    }
    unique = Key("r.id", "uuid")
    default_ordering = ("-date",)
    updated = Key("r.updated_at", "timestamptz")

    def source(self, query: Query, **kwargs: Any) -> Source:
        """The resolutions the viewer may read, narrowed."""
        source = Source(queries.RESOLUTIONS, JOINS, alias="r")
        only_readable(source, query.viewer)
        narrow(source, query, "r")
        narrow_to(
            source, query, council="r.council_id", convocation="r.convocation_id", session="r.session_id"
        )
        narrow_to_words(source, query, status="r.status")
        narrow_to_days(source, query, "r.adopted_on")
        if query["normative"] is not None:
            source.add("r.normative = %(normative)s::boolean", normative=query["normative"])
        if query["q"]:
            words = " AND ".join(
                f"position(lsg_fold(%(q{index})s) IN folded) > 0"
                for index, _word in enumerate(query["q"].split())
            )
            source.add(
                f"""(r.number = %(q)s OR EXISTS (
                    SELECT FROM (SELECT lsg_fold(concat_ws(' ', r.title_ky, r.title_ru, r.title_en, r.text_ky, r.text_ru,
                                                           r.text_en)) AS folded) t WHERE {words}))""",
                q=query["q"],
                **{f"q{index}": word for index, word in enumerate(query["q"].split())},
            )
        return source

    def may_create(self, request: Request) -> None:
        """Only secretaries draft."""
        must_keep(request.user, None)

    def create(self, data: Any, user: Any) -> Resolution:
        """Draft the resolution."""
        council = Council.objects.live().filter(pk=data["council"]).first()
        if council is None:
            detail = gettext_lazy("There is no such council.")
            raise RuleBroken(errors=[Fault("/council", "unknown", detail)])
        must_keep(user, council)
        return services.draft_resolution(council=council, **content(data, council))

    def created(self, thing: Resolution, query: Query) -> tuple[Any, str, str | None]:
        """Show the draft with its address and its ETag."""
        from councils.api.resolution import ResolutionDetail

        view = ResolutionDetail()
        return show(thing), address(thing), view.tag(thing, query)


def address(resolution: Resolution) -> str:
    """Return where a resolution is read."""
    return reverse("api-resolution", kwargs={"pk": resolution.pk})


def content(data: dict[str, Any], council: Council) -> dict[str, Any]:
    """Return what a body says of a draft, as the services take it; raise RuleBroken for what does not exist."""
    found: dict[str, Any] = {}
    if "name" in data:
        found["title"] = data["name"]
    for name in ("text", "normative"):
        if name in data:
            found[name] = data[name]
    if "rule" in data:
        found["rule"] = known_rule(data["rule"])
    if "session" in data:
        found["session"] = Session.objects.filter(pk=data["session"], convocation__council=council).first()
        if found["session"] is None:
            detail = gettext_lazy("There is no such session of this council.")
            raise RuleBroken(errors=[Fault("/session", "unknown", detail)])
    if "agenda_item" in data:
        found["agenda_item"] = AgendaItem.objects.filter(
            pk=data["agenda_item"], removed_at__isnull=True, session__convocation__council=council
        ).first()
        if found["agenda_item"] is None:
            detail = gettext_lazy("There is no such agenda item of this council.")
            raise RuleBroken(errors=[Fault("/agenda_item", "unknown", detail)])
    return found


def show(resolution: Resolution) -> dict[str, Any]:
    """Return the resolution as the list shows it, with its text, its files and what it cancels."""
    shape = Resolutions.shape(None)
    sql = f"SELECT {shape.select} FROM {queries.RESOLUTIONS} {JOINS} WHERE r.id = %(pk)s::uuid"
    row = shape.build(prepared.rows(sql, {"pk": str(resolution.pk)}))[0]
    files = resolution.files.filter(removed_at__isnull=True).order_by("recorded_at", "id")
    return {
        **row,
        "text": name_of(resolution, "text"),
        "files": [
            {
                "id": str(file.pk),
                "file_name": file.name,
                "mime_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
                "access_url": reverse("resolution-file", kwargs={"pk": resolution.pk, "file": file.pk}),
            }
            for file in files
        ],
        "cancels": [str(key) for key in resolution.cancels.order_by("pk").values_list("pk", flat=True)],
        "source": resolution.source,
    }
