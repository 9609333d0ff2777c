"""What councils and what belongs to them are called."""

import pytest
from django.utils import translation

from councils import wording


@pytest.mark.parametrize(
    ("on_file", "said"),
    [
        ("31", "art. 31"),
        ("статус 3 (1), 10", "law on the status of deputies, art. 3 (1), 10"),
        ("Закон № 123", "Закон № 123"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_article_says_of_which_law_it_is(on_file, said):
    with translation.override("en"):
        assert wording.article(on_file) == said
