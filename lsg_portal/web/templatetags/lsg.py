"""Tags and filters every template has without ``{% load %}``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lsg_portal.web import addresses, display, icons
from lsg_portal.web.tables import Table
from lsg_portal.web.tables.columns import not_reported

register = template.Library()


@register.filter
def number(value: Any, places: int | None = None) -> str | SafeString:
    """Write a number: ``{{ population|number }}``, ``{{ share|number:2 }}``; None is "not reported"."""
    return not_reported() if value is None else display.number(value, places)


@register.filter
def percent(value: Any, places: int | None = None) -> str | SafeString:
    """Write a percentage given in percent: ``{{ row.reduction_percent|percent:0 }}``."""
    return not_reported() if value is None else display.percent(value, places)


@register.filter
def day(value: dt.date | None) -> str:
    """Write a day in full."""
    return display.day(value)


@register.filter
def short_day(value: dt.date | None) -> str:
    """Write a day in figures."""
    return display.short_day(value)


@register.filter
def name(thing: Any, field: str = "name") -> str:
    """Return the name of a unit, act or other thing in the reader's language: ``{{ act|name:"title" }}``."""
    return display.name(thing, field)


@register.simple_tag
def period(valid: Any, style: str = "long") -> str:
    """Write a half-open range with its last day: ``{% period version.valid %}``."""
    return display.period(valid.lower, valid.upper, short=style == "short") if valid else ""


@register.simple_tag(takes_context=True)
def at_url(context: Context, route: str, *args: Any, **parameters: Any) -> str:
    """Return the address of a route with the reader's day: ``{% at_url "unit" unit.id %}``."""
    return addresses.page(context["request"], route, *args, **parameters)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return this page's query with changes: ``{% query page=2 sort=None %}``."""
    return addresses.query(context["request"].GET, **changes)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon: ``{% icon "download" %}``."""
    return icons.icon(name)


@register.simple_tag
def provenance(value: str) -> SafeString:
    """Mark what was constructed; documented facts, the rule, carry no mark."""
    if value != "constructed":
        return SafeString("")
    return format_html(
        '<span class="badge badge-constructed" title="{}">{}</span>',
        _("Made up to match published totals; no act says so."),
        _("constructed"),
    )


@register.inclusion_tag("tables/_table.html", name="table")
def render_table(table: Table) -> dict[str, Any]:
    """Show a table with its filters, chooser, pages and export links."""
    return {"table": table}


@register.inclusion_tag("forms/_field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """Show a field with its label, help and errors: ``{% field form.title_ky %}``."""
    control = getattr(bound.field.widget, "input_type", "")
    return {
        "field": bound,
        "label": label or bound.label,
        "required": bound.field.required,
        "ticked": control == "checkbox" and not bound.use_fieldset,
        "is_file": control == "file",
    }


@register.inclusion_tag("forms/_error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """Say above the form what is wrong, each item a link to its field."""
    problems = []
    for form in forms:
        problems += [{"target": "", "label": "", "message": error} for error in form.non_field_errors()]
        for bound in form:
            problems += [
                {"target": bound.id_for_label or bound.auto_id, "label": bound.label, "message": error}
                for error in bound.errors
            ]
    return {"problems": problems}
