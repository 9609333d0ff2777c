"""The steps of a review that a button takes: begun, approved, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpi import services
from kpi.errors import DomainError
from kpi.models import Report
from kpi.views.ministry.review import ReviewPage
from registry.record_pages import Step, problems_of


class TakenStep(Step, ReviewPage):
    """One step with the version that the reader saw; refused, it shows the report as it is now, and why."""

    http_method_names = ["get", "head", "post", "options"]
    service: ClassVar[Callable[..., Report]]
    to_inbox: ClassVar[bool] = False

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take it."""
        try:
            type(self).service(
                report=self.report, by=request.user, at=self.now, expected_version=self.expected_version
            )
        except DomainError as error:
            self.__dict__.pop("report", None)
            typed = self.homeless(self.get_form())
            context = self.get_context_data(
                form=self.get_fresh_form(), problems=problems_of(error), typed=typed
            )
            return self.render_to_response(context, status=error.problem_status)
        messages.success(request, self.done)
        return redirect(self.inbox if self.to_inbox else self.back)

    def over(self, data: QueryDict) -> Any:
        """Return the form over the reasons that were kept; a step without any is no return that lacks them."""
        form = super().over(data)
        return form if form.typed else self.get_fresh_form()

    def get_fresh_form(self) -> Any:
        """Return the form of reasons as if nothing had been sent."""
        return self.form_class(initial=self.get_initial(), values=self.values)


class StartReview(TakenStep):
    """The review begins; from now on the report cannot be recalled."""

    service = staticmethod(services.start_review)
    done = gettext_lazy("The review has begun: the report can no longer be recalled.")


class Approve(TakenStep):
    """The report is approved as it stands; not while reasons to return it are typed in, as that was another button."""

    service = staticmethod(services.approve)
    done = gettext_lazy("The report is approved. It counts in the next scoring run.")
    to_inbox = True

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Approve it; show the reasons that were typed again, and what to do with them."""
        form = self.get_form()
        if not (form.typed and self.can_return):
            return super().post(request, *args, **kwargs)
        said = _(
            "The report is not approved: there is a reason to return “%(name)s”."
            " Return the report, or empty the field and then approve it."
        )
        for code in form.typed:
            form.add_error(form.field_of(code), said % {"name": self.names[code]})
        return self.form_invalid(form)


class Publish(TakenStep):
    """An approved report is published on its own, without waiting for a run."""

    service = staticmethod(services.publish)
    done = gettext_lazy("The report is published.")

    @property
    def may_step(self) -> bool:
        """Publishing is for who keeps runs too."""
        return self.manages
