"""Users and roles in the administration pages: to look at. What changes them is under ``/users/``."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User


class ReadOnly:
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleInline(ReadOnly, admin.TabularInline):
    model = Role
    fk_name = "user"
    extra = 0
    readonly_fields = ("granted_by", "granted_at", "ended_by", "voided_at")
    fields = (
        "role",
        "unit",
        "valid",
        "granted_by",
        "granted_at",
        "reason",
        "ended_by",
        "end_reason",
        "voided_at",
    )


@admin.register(User)
class UserAdmin(ReadOnly, DjangoUserAdmin):
    fieldsets = (
        (None, {"fields": ("username",)}),
        (_("Person"), {"fields": ("last_name", "first_name", "patronymic", "email", "person")}),
        (_("Access"), {"fields": ("is_active",)}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    list_display = ("username", "last_name", "first_name", "is_active")
    list_filter = ("is_active", "roles__role")
    search_fields = ("username", "last_name", "first_name")
    filter_horizontal = ()
    inlines = (RoleInline,)
