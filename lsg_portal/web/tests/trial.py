"""A page that holds one of everything the shell offers. It exists in tests only."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

from django import forms
from django.template import engines

from lsg_portal.web import charts, display
from lsg_portal.web.forms import DayField, NumberField
from lsg_portal.web.shell import Crumb
from lsg_portal.web.tables import DATE, NUMBER, PERCENT, Column, Filter, Filters, Table
from lsg_portal.web.uploads import UploadForm
from lsg_portal.web.views import FormPage, RegisterPage

TEMPLATES = Path(__file__).parent / "templates"
NAMES = (
    "Ат-Башы",
    "Ак-Талаа",
    "Жумгал",
    "Кочкор",
    "Нарын",
    "Өзгөн",
    "Үч-Коргон",
    "Оргочор",
    "Уч-Терек",
    "Ноокат",
)
KINDS = (("district", "Район"), ("city", "Облустук маанидеги шаар"))


def rows(count=120):
    made = []
    for number in range(count):
        before, after = 5 + number % 11, 2 + number % 5
        made.append(
            {
                "name": f"{NAMES[number % 10]} {number // 10 + 1}",
                "kind": KINDS[number % 7 == 0][0],
                "before": before,
                "after": after,
                "reduction": Decimal(before - after) / before * 100,
                "population": None if number % 9 == 4 else 1200 + 977 * number,
                "seats": display.NOT_APPLICABLE if number % 7 == 0 else 11,
                "since": dt.date(2023, 5, 1) + dt.timedelta(days=number),
                "constructed": number % 6 == 5,
            }
        )
    return made


def columns():
    return [
        Column("name", "Аталышы", link=lambda row: "#" + row["name"]),
        Column("kind", "Түрү", value=lambda row: dict(KINDS)[row["kind"]]),
        Column("before", "Реформага чейин", NUMBER),
        Column("after", "Реформадан кийин", NUMBER),
        Column("reduction", "Кыскаруу", PERCENT, places=0, note="чейинки санга карата"),
        Column("population", "Калктын саны", NUMBER),
        Column("seats", "Мандат", NUMBER),
        Column("since", "Качантан", DATE),
        Column("code", "Коду", value=lambda row: "41704", shown=False),
    ]


def filters(request):
    return Filters(
        request.GET,
        [
            Filter.choice("kind", "Түрү", KINDS),
            Filter.text("q", "Аталышы боюнча"),
            Filter.flag("constructed", "Шарттуу гана"),
        ],
    )


def table(request, count=120):
    chosen = filters(request)
    shown = [
        row
        for row in rows(count)
        if (chosen["kind"] is None or row["kind"] == chosen["kind"])
        and (chosen["q"] is None or chosen["q"].lower() in row["name"].lower())
        and (chosen["constructed"] is None or row["constructed"])
    ]
    return Table(
        request,
        caption="Райондор жана шаарлар",
        columns=columns(),
        rows=shown,
        filters=chosen,
        totals="sum",
        constructed=lambda row: row["constructed"],
        source="Токтом № 177, 2023-ж. 30-март",
    )


def tile_map():
    layout = {
        "Талас": [
            (0, 1, "Кара-Буура", 12),
            (1, 1, "Бакай-Ата", 9),
            (2, 1, "Талас", None),
            (1, 0, "Манас", 7),
        ],
        "Чүй": [
            (3, 0, "Панфилов", 6),
            (4, 0, "Жайыл", 11),
            (5, 0, "Москва", 12),
            (6, 0, "Сокулук", 19),
            (7, 0, "Аламүдүн", 17),
            (8, 0, "Ысык-Ата", 18),
            (9, 0, "Чүй", 10),
            (10, 0, "Кемин", 11),
        ],
        "Ысык-Көл": [
            (9, 1, "Ысык-Көл", 12),
            (10, 1, "Түп", 13),
            (11, 1, "Ак-Суу", 14),
            (9, 2, "Тоң", 9),
            (10, 2, "Жети-Өгүз", 13),
        ],
        "Нарын": [
            (6, 2, "Жумгал", 6),
            (7, 2, "Кочкор", 5),
            (6, 3, "Ак-Талаа", 4),
            (7, 3, "Нарын", 7),
            (8, 3, "Ат-Башы", 5),
        ],
        "Жалал-Абад": [
            (2, 2, "Чаткал", 4),
            (3, 2, "Ала-Бука", 8),
            (4, 2, "Токтогул", 10),
            (5, 2, "Тогуз-Торо", 5),
            (3, 3, "Аксы", 11),
            (4, 3, "Ноокен", 9),
            (5, 3, "Сузак", 13),
        ],
        "Ош": [
            (4, 4, "Араван", 8),
            (5, 4, "Кара-Суу", 16),
            (6, 4, "Өзгөн", 19),
            (7, 4, "Кара-Кулжа", 12),
            (3, 5, "Ноокат", 16),
            (4, 5, "Чоң-Алай", 3),
            (5, 5, "Алай", 14),
        ],
        "Баткен": [(0, 5, "Лейлек", 9), (1, 5, "Баткен", 9), (2, 5, "Кадамжай", 14)],
    }
    tiles = [
        charts.Tile(column, row, name, value, url=f"#{name}", group=group)
        for group, places in layout.items()
        for column, row, name, value in places
    ]
    return charts.tile_map(tiles, title="Айыл аймактары, райондор боюнча")


def lineage():
    ended = ("Алга", "Кыргыз-Кыштак", "Совет")
    nodes = [
        *(
            charts.LineageNode(name, name, "айыл аймагы, 2023-ж. чейин", url=f"#{name}", ended=True)
            for name in ended
        ),
        charts.LineageNode("МН", "Молдо Нияз айыл аймагы", "айыл аймагы", focus=True),
        charts.LineageNode("А", "Айдаркен", "шаар", url="#a"),
        charts.LineageNode("Б", "Бирлик айыл аймагы", "айыл аймагы", url="#b"),
    ]
    day = dt.date(2023, 5, 1)
    edges = [
        charts.LineageEdge("Алга", "МН", day, False, "Шак-Шаксыз"),
        charts.LineageEdge("Алга", "А", day, False, "Шак-Шак"),
        charts.LineageEdge("Кыргыз-Кыштак", "МН", day, True),
        charts.LineageEdge("Совет", "МН", day, True),
        charts.LineageEdge("Б", "А", day, False, "Кичи Айдаркен"),
    ]
    return charts.lineage_diagram(nodes, edges, title="Молдо Нияз: келип чыгышы")


def bars():
    pairs = (
        ("Ат-Башы", 11, 5),
        ("Ак-Талаа", 13, 4),
        ("Жумгал", 13, 6),
        ("Кочкор", 11, None),
        ("Нарын", 15, 7),
    )
    return charts.bar_chart(
        [charts.Bar(name, values) for name, *values in pairs],
        series=("Реформага чейин", "Реформадан кийин"),
        title="Айыл өкмөттөрү",
    )


def heat():
    rows = [("land", "Айыл чарба жерлери"), ("schools", "Мектептердин имараттары")]
    columns = [("chuy", "Чүй облусу"), ("osh", "Ош облусу"), ("bishkek", "Бишкек шаары")]
    cells = {
        ("land", "chuy"): charts.Cell(72.5, "#land-chuy"),
        ("land", "osh"): charts.Cell(0),
        ("schools", "chuy"): charts.Cell(None),
        ("schools", "bishkek"): charts.Cell(91),
    }
    return charts.heat_map(rows, columns, cells, title="Каржылоо", write=lambda value: f"{value:.0f} %")


def lines():
    def series(name, start, step):
        points = [
            charts.Point(dt.date(2021 + i // 4, 1 + 3 * (i % 4), 1), None if i == 5 else start + step * i)
            for i in range(14)
        ]
        return charts.Line(name, tuple(points))

    return charts.line_chart(
        [series("Өз кирешелери", 400, 38.5), series("Чыгашалар", 520, 21)],
        title="Жергиликтүү бюджет, миң сом",
        breaks=[charts.Break(dt.date(2023, 5, 1), "бириктирүү")],
    )


class TrialPage(RegisterPage):
    title = "Кыргыз Республикасынын муниципалитеттери"

    def get_template_names(self):
        return engines["django"].from_string((TEMPLATES / "trial.html").read_text())

    def get_crumbs(self):
        return [Crumb("Баткен облусу", "#"), Crumb("Кадамжай району", "#")]

    def get_versions(self):
        return {"registry": 12, "reform": 3}

    def get_tables(self):
        return {"units": table(self.request)}

    def get_context_data(self, **kwargs):
        drawings = {"tiles": tile_map(), "lineage": lineage(), "bars": bars(), "lines": lines()}
        return super().get_context_data(**kwargs, **drawings, unit={"name_ky": "Өзгөн", "name_ru": "Узген"})


class Draft(forms.Form):
    title = forms.CharField(label="Аталышы", help_text="Кыргызча, актыдагыдай.")
    day = DayField(label="Күчүнө кирген күнү")
    amount = NumberField(label="Суммасы, миң сом", required=False)
    kind = forms.ChoiceField(label="Түрү", choices=KINDS)
    scope = forms.ChoiceField(
        label="Көлөмү", choices=[("whole", "Бүтүндөй"), ("part", "Бир бөлүгү")], widget=forms.RadioSelect
    )
    note = forms.CharField(label="Эскертүү", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label="Кеңеш менен макулдашылды")


class TrialForm(FormPage):
    title = "Окуянын долбоору"
    form_class = Draft

    def get_template_names(self):
        return engines["django"].from_string((TEMPLATES / "form.html").read_text())


class TrialUpload(TrialForm):
    title = "Файлды жөнөтүү"
    form_class = UploadForm
