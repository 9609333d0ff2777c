"""What the journal tells of the executive bodies: of each body, post and local budget, with all that belongs to it.

What is not public (contacts, discipline, service records, the reserve, career plans) is sealed: nobody reads it there
but who reads the private parts of the journal.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import visibility
from audit.visibility import Subject
from ayil_okmotu import wording
from ayil_okmotu.models import Appointment, ExecutiveBody, LocalBudget, Post
from lsg_portal.web import display
from registry import sources
from registry.journal import of
from registry.queries import rows

POSTS = "(SELECT id FROM ayil_okmotu_post WHERE body_id = %(key)s::uuid)"
APPOINTMENTS = f"(SELECT id FROM ayil_okmotu_appointment WHERE post_id IN {POSTS})"
HELD = "(SELECT id FROM ayil_okmotu_appointment WHERE post_id = %(key)s::uuid)"
SEALED = {
    "bodycontact": ("body_id",),
    "servicerecord": ("person_id", "on"),
    "reservecandidate": ("post_id", "place"),
    "careerstep": ("appointment_id", "by_year"),
    "violation": ("appointment_id", "discovered_on"),
    "disciplinarymeasure": ("violation_id",),
}


def declare() -> None:
    """Declare the records of the executive bodies that have a history."""
    visibility.subject(
        Subject(
            "executive-body",
            gettext_lazy("executive body"),
            "ayil_okmotu_executivebody",
            may_see=lambda user, key: ExecutiveBody.objects.filter(pk=key).exists(),
            route="executive-body",
            parts=(
                of("ayil_okmotu_post", "body_id"),
                of("ayil_okmotu_appointment", "post_id", f"IN {POSTS}"),
                of("ayil_okmotu_staffingreport", "body_id"),
                of("ayil_okmotu_training", "appointment_id", f"IN {APPOINTMENTS}"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "post",
            gettext_lazy("post"),
            "ayil_okmotu_post",
            may_see=lambda user, key: Post.objects.filter(pk=key).exists(),
            route="post",
            parts=(
                of("ayil_okmotu_appointment", "post_id"),
                of("ayil_okmotu_training", "appointment_id", f"IN {HELD}"),
            ),
        )
    )
    visibility.subject(
        Subject(
            "local-budget",
            gettext_lazy("local budget"),
            "ayil_okmotu_localbudget",
            may_see=lambda user, key: LocalBudget.objects.filter(pk=key).exists(),
            parts=(of("ayil_okmotu_budgetline", "budget_id"),),
        )
    )
    _tables()
    visibility.names("ayil_okmotu_executivebody", _bodies)
    visibility.names("ayil_okmotu_post", _posts)
    visibility.names("ayil_okmotu_appointment", _appointments)
    visibility.names("ayil_okmotu_localbudget", _budgets)


def _tables() -> None:
    written = {"source": sources.in_words}
    visibility.table("ayil_okmotu_executivebody", write=written)
    visibility.table("ayil_okmotu_post", identity=("kind", "name_ky", "settlement_id"), write=written)
    visibility.table("ayil_okmotu_appointment", identity=("person_id", "post_id"), write=written)
    visibility.table("ayil_okmotu_staffingreport", identity=("on",), write=written)
    visibility.table("ayil_okmotu_training", identity=("appointment_id", "programme_id"), write=written)
    visibility.table("ayil_okmotu_localbudget", identity=("unit_id", "year"), write=written)
    visibility.table("ayil_okmotu_budgetline", identity=("item_id",), write=written)
    visibility.table("ayil_okmotu_qualificationrule", identity=("unit_kind",), write=written)
    visibility.table("ayil_okmotu_staffingnorm", identity=("body_kind", "within_id"), write=written)
    for table in ("endground", "budgetitem", "trainingprogramme"):
        visibility.table(f"ayil_okmotu_{table}", write=written)
    for table, identity in SEALED.items():
        visibility.table(f"ayil_okmotu_{table}", identity=identity, sealed=True)


# --- what things are called -----------------------------------------------------------------------------------


def _bodies(keys: list[str]) -> visibility.Names:
    """Name a body after its municipality: a name of each day on which that had one."""
    found = rows(
        """SELECT b.id, b.kind, lower(v.valid) AS since, v.name_ky, v.name_ru, v.name_en
             FROM ayil_okmotu_executivebody b JOIN registry_unitversion v ON v.unit_id = b.unit_id
            WHERE b.id = ANY (%(keys)s::uuid[]) ORDER BY b.id, v.voided_by_id IS NULL, v.valid""",
        {"keys": keys},
    )
    named: dict[str, list[tuple[dt.date, str]]] = {}
    for row in found:
        named.setdefault(str(row["id"]), []).append((row["since"], wording.body_name(row, row["kind"])))
    return named


def _posts(keys: list[str]) -> visibility.Names:
    found = Post.objects.filter(pk__in=keys).select_related("settlement", "body")
    return {
        str(post.pk): wording.post_name(
            {
                "kind": post.kind,
                "name_ky": post.name_ky,
                "name_ru": post.name_ru,
                "name_en": post.name_en,
                "settlement": post.settlement,
            },
            post.body.kind,
        )
        for post in found
    }


def _appointments(keys: list[str]) -> visibility.Names:
    found = Appointment.objects.filter(pk__in=keys).select_related("person")
    return {str(item.pk): display.name(item.person) for item in found}


def _budgets(keys: list[str]) -> visibility.Names:
    return {
        str(item.pk): _("budget of %(year)s") % {"year": item.year}
        for item in LocalBudget.objects.filter(pk__in=keys)
    }
