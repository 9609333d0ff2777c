"""Expecting refusals: of a service by its code, of the database by the name of its rule."""

from django.db import IntegrityError

from registry.errors import RuleBroken


def refuses(code, error=RuleBroken):
    """Expect a refusal under a code."""
    return Expected(code, error)


class Expected:
    def __init__(self, code, error):
        self.code, self.error = code, error

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is self.error, error or f"{self.code} refused nothing"
        assert [violation.code for violation in error.violations] == [self.code]
        assert all(str(violation.message) for violation in error.violations)
        return True


def refused(rule):
    """Expect the database to refuse under the name of a rule."""
    return Refused(rule)


class Refused:
    """Expects the database to refuse under the name of a rule."""

    def __init__(self, rule_):
        self.rule = rule_

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        assert kind is not None, f"{self.rule} refused nothing"
        assert issubclass(kind, IntegrityError), error
        assert error.__cause__.diag.constraint_name == self.rule
        return True
