"""What the columns of the reform's tables are called, for the data package."""

from django.utils.translation import gettext_lazy as _

from lsg_portal.rest.datapackage import describe

describe(
    {
        "key": _("short key"),
        "act": _("legal act"),
        "starts_on": _("starts on"),
        "due_on": _("due on"),
        "done_on": _("done on"),
        "signed_on": _("signed on"),
        "responsible": _("responsible"),
        "event": _("event"),
        "events": _("events in force"),
        "programme": _("programme"),
        "version": _("row version"),
        "from_unit": _("from the unit"),
        "to_unit": _("to the unit"),
        "value_som": _("value, som"),
        "check": _("check"),
        "group": _("group"),
        "before": _("before"),
        "after": _("after"),
        "unchanged": _("unchanged"),
        "enlarged": _("enlarged"),
        "diminished": _("diminished"),
        "reshaped": _("reshaped"),
        "abolished": _("abolished"),
        "created": _("created"),
        "moved_in": _("moved in"),
        "moved_out": _("moved out"),
        "reduced": _("fewer by"),
        "reduction_percent": _("reduction, %"),
    }
)
