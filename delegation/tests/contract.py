"""What the tests of the whole REST interface ask of delegated powers: one of each thing, by the address it is found under."""

from types import SimpleNamespace

from delegation.tests.country import country


def contract():
    """A country with powers handed over, performed, disputed and waiting to be decided."""
    land = country()
    return SimpleNamespace(
        land=land,
        year=2024,
        ids={
            "state-powers": str(land.land.power_id),
            "transfers": str(land.land.pk),
            "funding": str(land.row.pk),
            "disputes": str(land.dispute.pk),
            "cancellation-requests": str(land.request.pk),
            "successions": str(land.listed[0].pk),
        },
    )
