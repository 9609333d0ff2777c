"""Bodies of requests about accounts."""

from __future__ import annotations

from rest_framework import serializers

from lsg_portal.rest.serializers import BodySerializer


class CredentialsBody(BodySerializer):
    """What a token is given for."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=1000, trim_whitespace=False)
    otp = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
