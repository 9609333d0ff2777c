"""The changes of the reform, documented ones exactly and the rest constructed, applied one after another."""

from __future__ import annotations

import datetime as dt
import uuid

from ayil_okmotu import services as executive_services
from councils import services as council_services
from lsg_portal.demo.country import Country, identifier, russian
from lsg_portal.demo.form import Line, PlannedEvent, events
from reform import services
from reform.models import Event, HandOver, Programme, RoadmapStep
from registry.models import LegalAct, Provenance, SettlementAssignment, Unit, UnitVersion
from registry.services import ChangeSpec, PartSpec, UnitSpec, record_change

ONE_DAY = dt.timedelta(days=1)
BISHKEK_AROUND = ("Аламүдүн", "Сокулук")

# Road map of the Naryn pilot: Kyrgyz, Russian, English, starts on, due on; all documented as carried out.
NARYN_STEPS = [
    (
        "Айыл өкмөтүнүн башчысын дайындоо",
        "Назначение главы айыл окмоту",
        "Appointment of the head",
        (5, 1),
        (5, 3),
    ),
    ("Штаттар боюнча комиссия", "Комиссия по штатам", "Commission on staff", (5, 3), (5, 4)),
    (
        "Бириктирилген кеңештердин жыйналыштары, төрагаларды шайлоо",
        "Заседания объединённых кенешей, избрание председателей",
        "Sittings of the merged councils, election of chairs",
        (5, 15),
        (5, 23),
    ),
    ("Штаттар боюнча буйруктар", "Приказы по штатам", "Staff orders", (5, 22), (5, 23)),
    ("Компенсацияларды төлөө", "Выплата компенсаций", "Payment of compensations", (5, 30), (5, 30)),
]
HAND_OVERS = [
    (
        "property",
        "Муниципалдык менчикти өткөрүп берүү",
        "Передача муниципальной собственности",
        "Hand-over of municipal property",
    ),
    (
        "documents",
        "Документтерди жана архивди өткөрүп берүү",
        "Передача документов и архива",
        "Hand-over of documents and archive",
    ),
]


def load_bazar_korgon(country: Country, act: LegalAct) -> None:
    """Make Bazar-Korgon a city of district significance: a law of April 2021, the day constructed."""
    unit = country.aimaks.pop(("Базар-Коргон", "Базар-Коргон"))
    country.cities["Базар-Коргон"] = unit
    change = record_change(
        ChangeSpec(
            kind="type_change",
            effective_on=dt.date(2021, 5, 1),
            units=(
                UnitSpec(
                    unit.pk,
                    "alters",
                    kind="city_district_level",
                    name_ky="Базар-Коргон",
                    name_ru="Базар-Коргон",
                ),
            ),
            act_ids=(act.pk,),
            provenance=Provenance.CONSTRUCTED,
            notes={
                "ky": "Мыйзамга 2021-жылдын апрелинде кол коюлган, күнү шарттуу",
                "ru": "Закон подписан в апреле 2021 года, день условный",
            },
        )
    )
    council_services.apply_change(change=change)
    executive_services.apply_change(change=change)


def load_events(
    country: Country, acts: dict[str, LegalAct], programmes: dict[str, Programme], at: dt.datetime
) -> int:
    """Draft and apply every event of the plan in the order of their days; return how many."""
    planned = events()
    for number, plan in enumerate(planned, 1):
        event = services.draft(content=_Drafting(country, acts, programmes, plan).content(number), by=None)
        event = services.apply(event=event, by="system:load_demo", at=at)
        _follow_up(event, plan)
    return len(planned)


class _Drafting:
    """Turns the written lines of one event into a draft."""

    def __init__(
        self,
        country: Country,
        acts: dict[str, LegalAct],
        programmes: dict[str, Programme],
        plan: PlannedEvent,
    ) -> None:
        self.country, self.acts, self.programmes, self.plan = country, acts, programmes, plan
        self.units: dict[uuid.UUID, UnitSpec] = {}
        self.parts: list[PartSpec] = []
        self.given: dict[str, set[uuid.UUID]] = {}

    def unit(self, name: str) -> Unit:
        """The unit of that Kyrgyz name in the block's district (around Bishkek: in its neighbours)."""
        if name.startswith("city "):
            return self.country.cities[name.removeprefix("city ")]
        districts = BISHKEK_AROUND if self.plan.district == "Бишкек" else (self.plan.district,)
        found = [self.country.aimaks[d, name] for d in districts if (d, name) in self.country.aimaks]
        if len(found) != 1:
            raise LookupError(f"{self.plan.district}: {name}")
        return found[0]

    def settlements(self, unit: Unit) -> dict[uuid.UUID, str]:
        """The settlements of a unit on the eve of the event, by identifier."""
        rows = SettlementAssignment.objects.on(self.plan.on - ONE_DAY).filter(unit=unit)
        return dict(rows.values_list("settlement_id", "settlement__name_ky"))

    def place(self, name: str, units: list[Unit]) -> uuid.UUID:
        """The settlement of that name in the first of the units that has one."""
        for unit in units:
            for settlement, called in self.settlements(unit).items():
                if called == name:
                    return settlement
        raise LookupError(f"{self.plan.district}: {name}")

    def content(self, number: int) -> services.EventDraft:
        """The draft of the whole event."""
        for line in self.plan.lines:
            if line.part_of:
                self._transfer(line)
        for line in self.plan.lines:
            if not line.part_of:
                self._gather(line)
        options = self.plan.options
        return services.EventDraft(
            programme_id=self.programmes[options["programme"]].pk,
            kind=self._kind(),
            effective_on=self.plan.on,
            titles=self._titles(),
            units=tuple(self.units.values()),
            parts=tuple(self.parts),
            act_ids=tuple(self.acts[key].pk for key in options["acts"].split("+")),
            notes={lang: options[f"note_{lang}"] for lang in ("ky", "ru") if f"note_{lang}" in options},
            provenance=options["provenance"],
            source=f"demo:{number}",
        )

    def _transfer(self, line: Line) -> None:
        """A part: the named settlements go, the source stays or is gathered up by another line."""
        source, target = self.unit(line.part_of), self.unit(line.target)
        moving = tuple(self.place(name, [source]) for name in line.places)
        self.given.setdefault(line.part_of, set()).update(moving)
        self.parts.append(PartSpec(source.pk, target.pk, "part", moving))
        self._move_centre(line, target, [target, source])

    def _gather(self, line: Line) -> None:
        """A merger, an annexation or, with one source and a new name, a renaming."""
        sources = [self.unit(name) for name in line.sources]
        if line.begins and len(sources) == 1:
            former = UnitVersion.objects.on(self.plan.on - ONE_DAY).get(unit=sources[0])
            self.units[sources[0].pk] = UnitSpec(
                sources[0].pk, "alters", name_ky=line.target, name_ru=russian(former.kind, line.target_ru)
            )
            self.country.aimaks[self.plan.district, line.target] = sources[0]
            del self.country.aimaks[self.plan.district, line.sources[0]]
            return
        if line.begins:
            target = Unit(pk=identifier("begins", self.plan.district, line.target, str(self.plan.on)))
            district = self.plan.district
            centre = self.place(line.centre, sources) if line.centre else None
            self.units[target.pk] = UnitSpec(
                target.pk,
                "begins",
                kind="ayil_aimak",
                name_ky=line.target,
                name_ru=russian("ayil_aimak", line.target_ru),
                parent_id=self.country.districts[district].pk,
                centre_id=centre,
            )
        else:
            target = self.unit(line.target)
            self._move_centre(line, target, [target, *sources])
            if kind := line.options.get("kind"):
                self.units[target.pk] = UnitSpec(
                    target.pk, "alters", kind=kind, name_ky=line.target, name_ru=line.target
                )
        for name, source in zip(line.sources, sources, strict=True):
            self.units[source.pk] = UnitSpec(source.pk, "ends")
            gone = self.given.get(name, set())
            rest = tuple(s for s in self.settlements(source) if s not in gone) if gone else ()
            self.parts.append(PartSpec(source.pk, target.pk, "part" if gone else "whole", rest))
            for key, unit in list(self.country.aimaks.items()):
                if unit.pk == source.pk:
                    del self.country.aimaks[key]
        if line.begins:
            self.country.aimaks[self.plan.district, line.target] = target
        elif line.options.get("kind"):
            self.country.cities[line.target] = target

    def _move_centre(self, line: Line, target: Unit, among: list[Unit]) -> None:
        """Give a surviving unit its new centre where the line names another than it has."""
        if not line.centre:
            return
        centre = self.place(line.centre, among)
        former = UnitVersion.objects.on(self.plan.on - ONE_DAY).get(unit=target)
        if former.centre_id != centre:
            self.units[target.pk] = UnitSpec(target.pk, "alters", centre_id=centre)

    def _kind(self) -> str:
        """The kind of change that the lines amount to."""
        line = self.plan.lines[0]
        if self.plan.reorganise:
            return "reorganise"
        if line.part_of:
            return "transfer"
        if line.begins:
            return "merge" if len(line.sources) > 1 else "rename"
        return "absorb"

    def _titles(self) -> dict[str, str]:
        """What the event is called in each language."""
        line = self.plan.lines[0]
        district = self.plan.district
        target = line.target.removeprefix("city ")
        target_ky = f"{target} шаары" if line.target.startswith("city ") else f"{target} айыл аймагы"
        russian_name = (
            self._russian(line.target) if not line.begins else russian("ayil_aimak", line.target_ru)
        )
        sources_ru = ", ".join(self._russian(name) for name in line.sources or [line.part_of])
        sources = ", ".join(line.sources or [line.part_of])
        kind = self._kind()
        if kind == "transfer" or (kind == "reorganise" and line.part_of):
            places = ", ".join(line.places)
            return {
                "ky": f"{target_ky}: {line.part_of} айыл аймагынан {places} өткөрүлүп берилди",
                "ru": f"{russian_name}: передача части ({sources_ru})",
                "en": f"{target}: part transferred from {line.part_of}",
            }
        if kind == "rename":
            return {
                "ky": f"{district} району: {sources} айыл аймагынын атын {line.target} деп өзгөртүү",
                "ru": f"Переименование: {sources_ru} → {russian_name}",
                "en": f"Renaming: {sources} to {line.target}",
            }
        if line.begins:
            return {
                "ky": f"{target_ky} түзүлдү: {sources}",
                "ru": f"Образован {russian_name}: {sources_ru}",
                "en": f"{target} formed of {sources}",
            }
        return {
            "ky": f"{target_ky}: {sources} кошулду",
            "ru": f"{russian_name}: присоединены {sources_ru}"
            if len(line.sources) > 1
            else f"{russian_name}: присоединён {sources_ru}",
            "en": f"{target}: {sources} annexed",
        }

    def _russian(self, name: str) -> str:
        """The Russian name on the eve of the event; of units gathered in this very event from their rows."""
        try:
            unit = self.unit(name)
        except LookupError:
            ending = [spec.unit_id for spec in self.units.values() if spec.role == "ends" or spec.name_ky]
            versions = UnitVersion.objects.on(self.plan.on - ONE_DAY).filter(unit__in=ending, name_ky=name)
            version = versions.first()
        else:
            version = UnitVersion.objects.on(self.plan.on - ONE_DAY).filter(unit=unit).first()
        text = str(version.name_ru) if version else name
        return f"г. {text}" if name.startswith("city ") else text


def _follow_up(event: Event, plan: PlannedEvent) -> None:
    """The road map of the Naryn pilot and constructed hand-overs from each unit that ended."""
    if plan.options["programme"] == "naryn":
        RoadmapStep.objects.bulk_create(
            RoadmapStep(
                event=event,
                title_ky=ky,
                title_ru=ru,
                title_en=en,
                starts_on=dt.date(2023, *starts),
                due_on=dt.date(2023, *due),
                done_on=dt.date(2023, *due),
                provenance=Provenance.DOCUMENTED,
            )
            for ky, ru, en, starts, due in NARYN_STEPS
        )
    rows = []
    for part in event.parts.present():
        if part.scope != "whole":
            continue
        for kind, ky, ru, en in HAND_OVERS:
            rows.append(
                HandOver(
                    event=event,
                    kind=kind,
                    from_unit_id=part.source_id,
                    to_unit_id=part.target_id,
                    title_ky=ky,
                    title_ru=ru,
                    title_en=en,
                    status=HandOver.Status.SIGNED,
                    signed_on=plan.on + dt.timedelta(days=60),
                    provenance=Provenance.CONSTRUCTED,
                )
            )
    HandOver.objects.bulk_create(rows)
