"""What the columns of the journal's tables are called, for the data package."""

from django.utils.translation import gettext_lazy as _

from lsg_portal.rest import datapackage

datapackage.describe(
    {
        "seq": _("number"),
        "hash": _("hash"),
        "key_id": _("key"),
        "signature": _("signature"),
        "public_key": _("public key"),
    }
)
