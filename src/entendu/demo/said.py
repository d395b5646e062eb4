"""Sixty days of messages: scenes written by hand, a storm, and daily life with the answers that it gets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from entendu.demo.crowd import CROWD, Crowd, Voice
from entendu.demo.organisation import SHOPS, Shop
from entendu.demo.prose import slots_for, told, worn

ZONES = {"CA": ZoneInfo("America/Montreal"), "FR": ZoneInfo("Europe/Paris")}
PREFIX = {
    "microblog": "mb",
    "photo": "ph",
    "reviews": "rv",
    "mail": "ml",
    "chat": "ch",
    "blog": "bl",
    "forum": "fo",
}
BULK = {"fr": 330, "en": 285}  # messages of daily life
FRESH = 34  # of them, in the last hours, without an answer
FRESH_HOURS = 11.0
KINDS = {
    "praise": 24,
    "question": 20,
    "complaint": 26,
    "idea": 6,
    "purchase": 8,
    "product": 9,
    "other": 4,
    "spam": 3,
}
STORM, STORM_DAY = 150, 9
RIVALS = 190
LEARNT_DAY = 20  # from then on "phone your bakery" becomes rare
ANSWERED = {
    "complaint": 0.86,
    "question": 0.92,
    "purchase": 0.92,
    "praise": 0.8,
    "idea": 0.85,
}
ALLERGENS = (
    "allerg",
    "gluten",
    "lactose",
    "dairy",
    "nuts",
    "sésame",
    "sesame",
    "composition",
    "ingredients",
    "alco",
    "gélatine",
    "gelatine",
)

Lines = Callable[[str], list[dict[str, Any]]]


@dataclass(slots=True)
class Said:
    """One message of the sample."""

    key: str
    door: str
    at: datetime
    text: str
    name: str = ""
    handle: str = ""
    audience: int = 0
    title: str = ""
    parent: str = ""
    thread: str = ""
    place: str = ""
    photo: str = ""
    ours: bool = False
    private: bool = False
    automatic: bool = False


def spoken(lines: Lines, crowd: Crowd, now: datetime) -> list[Said]:
    """All messages that are not later than `now`; what answers a message that is not there is left out."""
    replies = lines("replies.jsonl")
    storm = list(_storm(lines("storm.jsonl"), crowd, now))
    rivals = _rivals(lines("rivals.jsonl"), crowd, now)
    life = list(_life(lines("bulk.jsonl"), crowd, now))
    answers = [
        one
        for said, kind, language in storm + life
        for one in _answers(said, kind, language, replies, crowd, now)
    ]
    everything = [
        *_scenes(lines("scenes.jsonl"), crowd, now),
        *(said for said, _, _ in storm + life),
        *answers,
        *rivals,
    ]
    return [said for said in everything if said.at <= now]


def key_of(door: str, name: str) -> str:
    """The key of a message on its channel."""
    return f"{PREFIX[door]}-{name}@mail.example" if door == "mail" else f"{PREFIX[door]}-{name}"


def moment(now: datetime, days: float, clock: time, country: str) -> datetime:
    """`clock`, as the people there read it, `days` days before the day that it is there now."""
    zone = ZONES[country]
    day = now.astimezone(zone).date() - timedelta(days=days)
    return datetime.combine(day, clock, zone).astimezone(now.tzinfo)


def _scenes(scenes: list[dict[str, Any]], crowd: Crowd, now: datetime) -> Iterator[Said]:
    known: dict[str, Said] = {}
    countries = {shop.name: shop.country for shop in SHOPS}
    for scene in scenes:
        parent = known.get(scene.get("re", ""))
        if "re" in scene and parent is None:
            continue
        said = _scene(scene, parent, crowd)
        if "ago" in scene:
            said.at = now - timedelta(hours=scene["ago"])
        elif parent:
            said.at = parent.at + timedelta(minutes=scene["after"])
        else:
            country = "FR" if scene.get("z") else countries.get(said.place, "CA")
            said.at = moment(now, scene["d"], time.fromisoformat(scene["t"]), country)
        known[scene["i"]] = said
        yield said


def _scene(scene: dict[str, Any], parent: Said | None, crowd: Crowd) -> Said:
    ours = scene["w"] == "us"
    voice = Voice("", "") if ours else crowd.named(scene["w"], scene["c"])
    key = key_of(scene["c"], scene["i"])
    return Said(
        key=key,
        door=scene["c"],
        at=datetime.max.replace(tzinfo=UTC),
        text=scene["x"],
        name=voice.name,
        handle=voice.handle,
        audience=voice.audience,
        title=scene.get("s", ""),
        parent=parent.key if parent else "",
        thread=parent.thread if parent else _thread(scene["c"], key, scene.get("s", "")),
        place=scene.get("p", parent.place if parent else ""),
        photo=scene.get("photo", ""),
        ours=ours,
        private=scene.get("vis") == "private",
        automatic=scene.get("auto", False),
    )


def _thread(door: str, key: str, title: str) -> str:
    # A forum's discussion has one subject for all; elsewhere each first message opens its own.
    return f"{PREFIX[door]}-{title}" if door == "forum" else key


def _storm(patterns: list[dict[str, Any]], crowd: Crowd, now: datetime) -> Iterator[tuple[Said, str, str]]:
    shops = [shop for shop in SHOPS if shop.country == "CA"]
    weights = [4 if one["c"] == "microblog" else 1 for one in patterns]
    for number in range(STORM):
        dice = Random(f"storm:{number}")  # noqa: S311 - a sample, not a secret
        pattern = dice.choices(patterns, weights)[0]
        hour = 6.87 if number == 0 else dice.triangular(6.9, 22.5, 12.5)
        at = moment(now, STORM_DAY, _clock(hour), "CA")
        voice = crowd.stranger(pattern["l"], CROWD + number, pattern["c"])  # each person once
        said = _message(f"storm{number}", pattern, dice.choice(shops), voice, at, crowd, dice)
        yield said, "complaint", pattern["l"]


def _rivals(patterns: list[dict[str, Any]], crowd: Crowd, now: datetime) -> Iterator[Said]:
    """What people say of other bakeries; what points to other sites began days ago."""
    for number in range(RIVALS):
        dice = Random(f"rival:{number}")  # noqa: S311 - a sample, not a secret
        pattern = dice.choice(patterns)
        pattern = pattern | {"c": dice.choice(pattern["c"].split())}
        at = now - timedelta(days=dice.uniform(0.1, 8 if pattern.get("late") else 58))
        voice = crowd.stranger(pattern["l"], CROWD + STORM + number, pattern["c"])
        yield _message(f"rival{number}", pattern, _shop(pattern["l"], dice), voice, at, crowd, dice)


def _life(patterns: list[dict[str, Any]], crowd: Crowd, now: datetime) -> Iterator[tuple[Said, str, str]]:
    seen: set[str] = set()
    numbered = [(language, number) for language, count in BULK.items() for number in range(count)]
    for language, number in numbered:
        dice = Random(f"life:{language}:{number}")  # noqa: S311 - a sample, not a secret
        fresh = number < FRESH // 2
        kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
        shop = _shop(language, dice)
        at = now - timedelta(hours=dice.uniform(0.2, FRESH_HOURS)) if fresh else _sometime(now, shop, dice)
        for _ in range(8):
            pattern = dice.choice([one for one in patterns if one["l"] == language and one["k"] == kind])
            pattern = pattern | {"c": dice.choice(pattern["c"].split())}
            voice = crowd.anybody(language, kind, pattern["c"], dice)
            said = _message(f"{language}{number}", pattern, shop, voice, at, crowd, dice)
            if said.text not in seen:
                break
        seen.add(said.text)
        yield said, kind, language


def _message(
    name: str, pattern: dict[str, Any], shop: Shop, voice: Voice, at: datetime, crowd: Crowd, dice: Random
) -> Said:
    door, language = pattern["c"], pattern["l"]
    slots = slots_for(language, shop, crowd.words, dice)
    text = told(pattern["x"], slots, dice)
    key = key_of(door, name)
    title = told(pattern.get("s", ""), slots, dice)
    return Said(
        key=key,
        door=door,
        at=at,
        text=text if door in {"mail", "blog"} else worn(text, language, crowd.words, dice),
        name=voice.name,
        handle=voice.handle,
        audience=voice.audience,
        title=title,
        thread=_thread(door, key, title),
        place=shop.name if door in {"reviews", "chat"} or dice.random() < 0.4 else "",
    )


def _answers(
    said: Said, kind: str, language: str, replies: list[dict[str, Any]], crowd: Crowd, now: datetime
) -> Iterator[Said]:
    """What the organisation answered, well or badly, soon or late, and what the person said to that."""
    dice = Random(f"answer:{said.key}")  # noqa: S311 - a sample, not a secret
    age = (now - said.at) / timedelta(days=1)
    chance = ANSWERED.get(kind, 0.0) * (0.15 if said.door == "forum" else 1.0) * (0.6 if age < 3 else 1.0)
    if dice.random() > chance or age < 0.5:
        return
    bad = kind == "complaint" and dice.random() < (0.42 if age > LEARNT_DAY else 0.06)
    delay = _delay(age, dice)
    answer = _reply(said, said, "bad" if bad else _subject(said, kind), language, delay, replies, dice)
    yield answer
    mood, odds = ("angry", 0.6) if bad else ("late", 0.35) if delay > 1500 else ("thanks", 0.3)
    if kind == "praise" or dice.random() > odds:
        return
    back = _back(said, answer, mood, language, replies, dice)
    yield back
    if mood == "angry" and dice.random() < 0.5:
        yield _reply(said, back, "complaint", language, dice.uniform(30, 900), replies, dice)


def _subject(said: Said, kind: str) -> str:
    asked = f"{said.title} {said.text}".casefold()
    return "allergens" if kind == "question" and any(word in asked for word in ALLERGENS) else kind


def _reply(
    said: Said, to: Said, mood: str, language: str, delay: float, replies: list[dict[str, Any]], dice: Random
) -> Said:
    pattern = dice.choice([one for one in replies if one["l"] == language and one["m"] == mood])
    name = Voice(said.name, said.handle).first_name
    near = said.place or ("votre boutique" if language == "fr" else "your shop")
    text = told(pattern["x"], {"name": name, "shop": near}, dice)
    return Said(
        key=key_of(said.door, f"{_bare(to)}r"),
        door=said.door,
        at=_at_work(to.at + timedelta(minutes=delay)),
        text=text,
        title=f"Re: {said.title}" if said.door == "mail" else "",
        parent=to.key,
        thread=said.thread,
        place=said.place,
        ours=True,
    )


def _back(
    said: Said, answer: Said, mood: str, language: str, replies: list[dict[str, Any]], dice: Random
) -> Said:
    pattern = dice.choice([one for one in replies if one["l"] == language and one["m"] == mood])
    return Said(
        key=key_of(said.door, f"{_bare(answer)}c"),
        door=said.door,
        at=answer.at + timedelta(minutes=dice.uniform(2, 240)),
        text=told(pattern["x"], {}, dice),
        name=said.name,
        handle=said.handle,
        audience=said.audience,
        title=f"Re: {said.title}" if said.door == "mail" else "",
        parent=answer.key,
        thread=said.thread,
        place=said.place,
    )


def _at_work(at: datetime) -> datetime:
    # Between the last shop of Québec and the first of France, nobody is at work.
    return at + timedelta(hours=4) if 3 <= at.hour < 7 else at


def _bare(said: Said) -> str:
    return said.key.partition("-")[2].partition("@")[0]


def _delay(age: float, dice: Random) -> float:
    """Minutes until the answer; the team is quicker since it has had help."""
    chance = dice.random() * (0.8 if age < LEARNT_DAY else 1.0)
    if chance < 0.4:
        return dice.uniform(6, 45)
    if chance < 0.72:
        return dice.uniform(60, 360)
    return dice.uniform(600, 1500) if chance < 0.9 else dice.uniform(2000, 4200)


def _shop(language: str, dice: Random) -> Shop:
    country = "CA" if dice.random() < (0.78 if language == "en" else 0.47) else "FR"
    return dice.choice([shop for shop in SHOPS if shop.country == country])


def _sometime(now: datetime, shop: Shop, dice: Random) -> datetime:
    # People write in the morning and after work, and less at the beginning of the sixty days.
    days = 1 + int(58 * dice.random() ** 1.15)
    hour = dice.triangular(6.5, 13, 8.5) if dice.random() < 0.5 else dice.triangular(12, 23, 18)
    return moment(now, days, _clock(hour), shop.country)


def _clock(hour: float) -> time:
    minutes = int(hour * 60)
    return time(min(23, minutes // 60), minutes % 60, int(hour * 3600) % 60)
