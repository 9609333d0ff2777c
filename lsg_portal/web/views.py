"""The base of every page of the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from django.views.generic.base import ContextMixin, TemplateResponseMixin, View

from . import addresses
from .requests import PageRequest
from .shell import Citation, Crumb
from .tables import Table, export_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PageMixin(ContextMixin, View):
    """Title, breadcrumb and citation of a page; mix it into any class-based view with a template."""

    request: Any
    """A PageRequest; the stubs of the generic views allow no narrower name for it."""
    title: StrOrPromise = ""
    citable = True

    def get_title(self) -> StrOrPromise:
        """Return the heading and the title of the window."""
        return self.title

    def get_crumbs(self) -> Sequence[Crumb]:
        """Return the steps between the country and this page, neither included."""
        return ()

    def get_versions(self) -> Mapping[str, int]:
        """Return the data version of each app the page reads, for the cite box."""
        return {}

    @property
    def citation(self) -> Citation:
        """How to cite this page."""
        return Citation.of(self.request, self.get_title(), self.get_versions())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add title, breadcrumb and citation."""
        title = self.get_title()
        country = Crumb(gettext_lazy("Kyrgyz Republic"), addresses.at_day(self.request, self._front()))
        crumbs = [] if self.request.path == self._front() else [country, *self.get_crumbs(), Crumb(title)]
        citation = self.citation if self.citable else None
        return super().get_context_data(**{"title": title, "crumbs": crumbs, "citation": citation, **kwargs})

    def _front(self) -> str:
        return f"/{self.request.LANGUAGE_CODE}/"


class RegisterPage(PageMixin, TemplateResponseMixin):
    """A page with any number of tables, each also a file under ``?format=json|csv|xlsx&table=<key>``.

    Subclasses give ``template_name``, ``get_title()`` and, for tables, ``get_tables()``: a mapping of names
    in the template to tables. The table without a key is what ``?format=`` alone exports.
    """

    def get_tables(self) -> Mapping[str, Table]:
        """Return the tables of the page by their name in the template."""
        return {}

    def get(self, request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show the page, or one table of it as a file."""
        tables = self.get_tables()
        wanted = request.GET.get("format", "")
        if wanted and wanted != "html":
            key = request.GET.get("table", "")
            for table in tables.values():
                if table.key == key:
                    return export_response(table, wanted, self.citation)
            raise BadRequest(_("This page has no such table."))
        return self.render_to_response(self.get_context_data(**kwargs, **tables))


class FormPage(PageMixin, FormView):
    """A page with one form: ``{% include "forms/_form.html" with submit=… %}``."""

    citable = False
