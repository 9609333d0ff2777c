"""Where each district stands on the tile map: its real neighbours as near as squares allow.

A place belongs to a name within an oblast, folded as search folds it, since a unit's identifier and code differ
from one register to the next. A district without a place stands below the map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from registry.names import fold

Place = tuple[int, int]

_OBLASTS: dict[str, dict[str, Place]] = {
    "Талас": {"Манас": (1, 0), "Кара-Буура": (0, 1), "Бакай-Ата": (1, 1), "Талас": (2, 1)},
    "Чүй": {
        "Панфилов": (3, 0),
        "Жайыл": (4, 0),
        "Москва": (5, 0),
        "Сокулук": (6, 0),
        "Аламүдүн": (7, 0),
        "Ысык-Ата": (8, 0),
        "Чүй": (9, 0),
        "Кемин": (10, 0),
    },
    "Ысык-Көл": {
        "Ысык-Көл": (9, 1),
        "Түп": (10, 1),
        "Ак-Суу": (11, 1),
        "Тоң": (9, 2),
        "Жети-Өгүз": (10, 2),
    },
    "Нарын": {
        "Жумгал": (6, 2),
        "Кочкор": (7, 2),
        "Ак-Талаа": (6, 3),
        "Нарын": (7, 3),
        "Ат-Башы": (8, 3),
    },
    "Жалал-Абад": {
        "Чаткал": (2, 2),
        "Ала-Бука": (3, 2),
        "Токтогул": (4, 2),
        "Тогуз-Торо": (5, 2),
        "Аксы": (2, 3),
        "Ноокен": (3, 3),
        "Базар-Коргон": (4, 3),
        "Сузак": (5, 3),
    },
    "Ош": {
        "Араван": (4, 4),
        "Кара-Суу": (5, 4),
        "Өзгөн": (6, 4),
        "Кара-Кулжа": (7, 4),
        "Ноокат": (3, 5),
        "Чоң-Алай": (4, 5),
        "Алай": (5, 5),
    },
    "Баткен": {"Лейлек": (0, 5), "Баткен": (1, 5), "Кадамжай": (2, 5)},
    # cities of republican significance lie in no oblast
    "": {"Бишкек": (7, 1), "Ош": (3, 4)},
}
_PLACES = {
    (fold(oblast) if oblast else "", fold(name)): place
    for oblast, places in _OBLASTS.items()
    for name, place in places.items()
}


def places(units: Iterable[Mapping[str, Any]]) -> list[Place]:
    """Return the place of each unit, in their order; ``units`` have ``name_ky`` and ``oblast`` (its Kyrgyz name).

    Units the map does not know, and any that would cover another, go to rows below it.
    """
    taken: set[Place] = set()
    found: list[Place | None] = []
    for unit in units:
        place = _PLACES.get((fold(unit["oblast"]) if unit["oblast"] else "", fold(unit["name_ky"] or "")))
        place = None if place in taken else place
        if place:
            taken.add(place)
        found.append(place)
    columns = 1 + max((column for column, _row in _PLACES.values()))
    below = 1 + max((row for _column, row in taken), default=-1)
    free = ((index % columns, below + index // columns) for index in range(len(found)))
    return [place or next(free) for place in found]
