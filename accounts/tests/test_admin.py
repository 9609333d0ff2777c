"""The administration pages of users."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.admin.sites import AdminSite

from accounts.admin import UserAdmin
from accounts.models import User
from accounts.tests.factories import RoleFactory


def test_users_are_administered_with_their_roles():
    assert [inline.model.__name__ for inline in admin.site.get_model_admin(User).inlines] == ["Role"]


@pytest.mark.django_db
def test_the_form_offers_no_django_groups(rf):
    request = rf.get("/")
    request.user = RoleFactory().user

    fields = UserAdmin(User, AdminSite()).get_fieldsets(request, request.user)

    assert not {"groups", "user_permissions"} & {name for _title, part in fields for name in part["fields"]}
