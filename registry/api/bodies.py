"""Bodies of requests that every app shares."""

from __future__ import annotations

from rest_framework import serializers

from lsg_portal.rest.serializers import BodySerializer
from registry.models import Provenance


class SourcedBody(BodySerializer):
    """A record that says where it comes from; without it, it rests on a document."""

    provenance = serializers.ChoiceField(choices=Provenance.choices, default=Provenance.DOCUMENTED)
    source = serializers.CharField(max_length=500, required=False, allow_blank=True)  # type: ignore[assignment]
