"""Many images at once: the filters of the list, the count that was shown, undo, and its bounds."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from images.models import Image, Job, Tag, Usage
from images.selectors.images import ImageFilter
from images.selectors.selections import Selection, images_selected, with_twin, without_twin
from images.services import selections
from images.services.edit import images_move
from tests.images.conftest import Broker
from tests.images.people import Person
from tests.images.pictures import form, jpeg
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)
IMAGES = "/internal/v1/images"


def act(client: Client, action: str, selection: dict[str, Any], **fields: Any) -> Any:
    body = {"action": action, "selection": selection, **fields}
    return client.post(f"{IMAGES}/actions", body, content_type="application/json")


def ids_of(images: list[Image]) -> list[str]:
    return [str(image.id) for image in images]


def by_filter(count: int, *, without: tuple[str, ...] = (), **narrowed: Any) -> dict[str, Any]:
    return {"filter": narrowed, "expected_count": count, "except_ids": list(without)}


def names_there(*, trashed: bool = False) -> list[str]:
    found = Image.objects.filter(trashed_at__isnull=not trashed).exclude(state="purged")
    return sorted(image.filename.removesuffix(".jpg") for image in found)


def test_all_of_a_filter_go_at_one_moment_and_come_back_by_it(
    as_alice: Client, alice: Person
) -> None:
    image_rows(alice, "a", "b", "c")
    (earlier,) = image_rows(alice, "d", trashed_at=timezone.now() - timedelta(days=1))
    gone = act(as_alice, "trash", by_filter(3)).json()
    assert (gone["matched"], gone["changed"], gone["remaining"]) == (3, 3, 0)
    assert (gone["skipped"], gone["job"]) == ([], None)
    moments = set(Image.objects.exclude(id=earlier.id).values_list("trashed_at", flat=True))
    assert len(moments) == 1
    assert as_alice.get(IMAGES).json()["results"] == []
    back = act(as_alice, "restore", {"trashed_at": gone["trashed_at"]}).json()
    assert (back["matched"], back["changed"], back["trashed_at"]) == (3, 3, None)
    assert names_there() == ["a", "b", "c"]
    assert names_there(trashed=True) == ["d"]
    assert set(Image.objects.exclude(id=earlier.id).values_list("version", flat=True)) == {3}


@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"tag": "sea"},
        {"q": "HOLI"},
        {"format": "png"},
        {"state": "failed"},
        {"trashed": True},
        {"state": "trashed"},
        {"tag": "sea", "q": "holi", "format": "jpeg"},
        {"tag": "nowhere"},
    ],
)
def test_a_filter_finds_what_the_list_shows_and_the_count_counts(
    as_alice: Client, alice: Person, as_bob: Client, bob: Person, narrowed: dict[str, Any]
) -> None:
    found = image_rows(alice, "holiday", "home")
    image_rows(alice, "holiday-2", format="png", state=Image.State.FAILED)
    image_rows(alice, "old", "older", trashed_at=timezone.now())
    hers = image_rows(bob, "holiday", "sea")
    Tag.objects.bulk_create(Tag(image=image, name="sea") for image in (found[0], hers[1]))
    query = {name: str(value).lower() for name, value in narrowed.items()}
    listed = [image["id"] for image in as_alice.get(IMAGES, query).json()["results"]]
    counted = as_alice.get(f"{IMAGES}/count", query).json()
    assert counted == {"count": len(listed)}
    reply = act(as_alice, "delete", by_filter(len(listed), **narrowed))
    assert (reply.status_code, reply.json()["changed"]) == (200, len(listed))
    purged = Image.objects.filter(state=Image.State.PURGED)
    assert sorted(ids_of(list(purged))) == sorted(listed)


def test_a_filter_that_finds_others_by_now_changes_nothing(as_alice: Client, alice: Person) -> None:
    image_rows(alice, "a", "b", "c")
    before = list(Image.objects.order_by("id").values())
    for action in ("trash", "delete", "restore"):
        reply = act(as_alice, action, by_filter(2))
        assert (reply.status_code, reply.json()["code"]) == (409, "selection_changed")
        assert reply.json()["count"] == 3
    reply = act(as_alice, "add_tags", by_filter(4), tags=["x"])
    assert (reply.status_code, reply.json()["count"]) == (409, 3)
    assert list(Image.objects.order_by("id").values()) == before
    assert not Tag.objects.exists()
    assert not Job.objects.exists()


def test_what_arrives_while_rows_are_chosen_is_not_changed_unseen(
    as_alice: Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_rows(alice, "a", "b")
    check = selections._count_check

    def arriving(*args: Any) -> None:
        image_rows(alice, "c")
        check(*args)

    monkeypatch.setattr(selections, "_count_check", arriving)
    assert act(as_alice, "trash", by_filter(2)).json()["count"] == 3
    assert names_there(trashed=True) == []


def test_all_but_some(as_alice: Client, alice: Person) -> None:
    images = image_rows(alice, "a", "b", "c")
    reply = act(as_alice, "trash", by_filter(3, without=(str(images[1].id), str(uuid4()))))
    assert (reply.json()["matched"], reply.json()["changed"]) == (2, 2)
    assert names_there() == ["b"]


def test_bob_touches_nothing_of_alices(
    as_alice: Client, alice: Person, as_bob: Client, bob: Person
) -> None:
    hers = image_rows(alice, "a", "b")
    image_rows(bob, "a")
    moment = act(as_alice, "trash", {"ids": ids_of(hers[1:])}).json()["trashed_at"]
    before = list(Image.objects.filter(owner_id=alice.id).order_by("id").values())
    nothing = {
        "matched": 0, "changed": 0, "skipped": [], "remaining": 0, "trashed_at": None, "job": None,
    }  # fmt: skip
    for action in ("trash", "restore", "delete", "add_tags"):
        words: dict[str, Any] = {"tags": ["x"]} if action == "add_tags" else {}
        for selection in ({"ids": [*ids_of(hers), str(uuid4())]}, {"trashed_at": moment}):
            assert act(as_bob, action, selection, **words).json() == nothing
    assert act(as_bob, "trash", by_filter(3)).json()["count"] == 1
    assert act(as_bob, "delete", by_filter(1)).json()["changed"] == 1
    assert list(Image.objects.filter(owner_id=alice.id).order_by("id").values()) == before
    assert not Job.objects.filter(owner_id=alice.id).exists()


@pytest.mark.parametrize("action", ["trash", "restore", "delete"])
def test_the_same_again_changes_nothing_more(as_alice: Client, alice: Person, action: str) -> None:
    trashed_at = timezone.now() if action == "restore" else None
    selection = {"ids": ids_of(image_rows(alice, "a", "b", trashed_at=trashed_at))}
    assert act(as_alice, action, selection).json()["changed"] == 2
    before = list(Image.objects.order_by("id").values())
    again = act(as_alice, action, selection).json()
    assert (again["changed"], again["trashed_at"], again["job"]) == (0, None, None)
    assert list(Image.objects.order_by("id").values()) == before
    assert Job.objects.count() == (1 if action == "delete" else 0)


def test_what_is_there_again_stays_in_the_trash(as_alice: Client, alice: Person) -> None:
    old = timezone.now() - timedelta(days=1)
    image_rows(alice, "a", "b", trashed_at=old)
    image_rows(alice, "a")  # sent again meanwhile
    image_rows(alice, "b", filename="b-sent-later.jpg", trashed_at=old)  # twice in the trash
    back = act(as_alice, "restore", by_filter(3, trashed=True)).json()
    assert (back["matched"], back["changed"], back["remaining"]) == (3, 1, 0)
    assert back["skipped"] == [{"code": "image_exists", "count": 2}]
    assert names_there() == ["a", "b-sent-later"]
    again = act(as_alice, "restore", by_filter(2, trashed=True)).json()
    assert (again["changed"], again["skipped"]) == (0, back["skipped"])


def test_bytes_that_arrive_in_the_moment_of_restoring_are_seen_at_the_second_try(
    as_alice: Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    image_rows(alice, "a", "b", trashed_at=timezone.now())

    def late(*_args: Any, **_kwargs: Any) -> int:
        monkeypatch.setattr(selections, "images_move", images_move)
        raise IntegrityError

    monkeypatch.setattr(selections, "images_move", late)
    assert act(as_alice, "restore", by_filter(2, trashed=True)).json()["changed"] == 2

    def always(*_args: Any, **_kwargs: Any) -> int:
        raise IntegrityError

    act(as_alice, "trash", by_filter(2))
    monkeypatch.setattr(selections, "images_move", always)
    reply = act(as_alice, "restore", by_filter(2, trashed=True))
    assert (reply.status_code, reply.json()["code"]) == (409, "image_exists")


def test_tags_come_beside_those_that_are_there(as_alice: Client, alice: Person) -> None:
    bare, tagged, full = image_rows(alice, "bare", "tagged", "full")
    trashed = image_rows(alice, "trashed", trashed_at=timezone.now())
    Tag.objects.bulk_create(Tag(image=tagged, name=name) for name in ("old", "sea"))
    Tag.objects.bulk_create(Tag(image=full, name=f"{n}") for n in range(19))
    selection = {"ids": ids_of([bare, tagged, full, *trashed])}
    done = act(as_alice, "add_tags", selection, tags=["sea", "sun", "sea"]).json()
    assert (done["matched"], done["changed"], done["remaining"]) == (4, 2, 0)
    assert done["skipped"] == [{"code": "too_many_tags", "count": 1}]

    def tags_of(image: Image) -> list[str]:
        return list(image.tags.order_by("id").values_list("name", flat=True))

    assert (tags_of(bare), tags_of(tagged)) == (["sea", "sun"], ["old", "sea", "sun"])
    assert (len(tags_of(full)), tags_of(trashed[0])) == (19, [])
    versions = dict(Image.objects.values_list("filename", "version"))
    assert versions == {"bare.jpg": 2, "tagged.jpg": 2, "full.jpg": 1, "trashed.jpg": 1}
    again = act(as_alice, "add_tags", selection, tags=["sea", "sun"]).json()
    assert (again["changed"], again["skipped"]) == (0, done["skipped"])


def test_a_tag_that_is_filtered_by_can_be_added_to(as_alice: Client, alice: Person) -> None:
    images = image_rows(alice, "a", "b", "c")
    Tag.objects.bulk_create(Tag(image=image, name="sea") for image in images[:2])
    done = act(as_alice, "add_tags", by_filter(2, tag="sea"), tags=["blue"]).json()
    assert (done["matched"], done["changed"]) == (2, 2)
    assert Tag.objects.filter(name="blue").count() == 2


@pytest.mark.parametrize(
    ("action", "fields", "counts"),
    [
        ("trash", {}, [5, 3, 1]),
        ("delete", {}, [5, 3, 1]),
        ("add_tags", {"tags": ["x"]}, [5, 5, 5]),
    ],
)
def test_one_call_writes_so_many_rows_and_says_what_is_left(  # noqa: PLR0917 - by name
    as_alice: Client, alice: Person, monkeypatch: pytest.MonkeyPatch,
    action: str, fields: dict[str, Any], counts: list[int],
) -> None:  # fmt: skip
    monkeypatch.setattr(selections, "ROWS_MAX", 2)
    image_rows(alice, "a", "b", "c", "d", "e")
    told = []
    for count in counts:
        outcome = act(as_alice, action, by_filter(count), **fields).json()
        told.append((outcome["changed"], outcome["remaining"]))
    assert told == [(2, 3), (2, 1), (1, 0)]


def test_several_tags_are_as_many_rows(
    as_alice: Client, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "ROWS_MAX", 6)
    image_rows(alice, "a", "b", "c")
    done = act(as_alice, "add_tags", by_filter(3), tags=["x", "y", "z"]).json()
    assert (done["changed"], done["remaining"]) == (2, 1)
    assert Tag.objects.count() == 6


def test_what_is_deleted_goes_by_one_job_and_gives_its_room_back(
    as_alice: Client, alice: Person, broker: Broker
) -> None:
    for color in ("red", "green", "blue"):
        as_alice.post(IMAGES, form(jpeg(color), presets="thumb"))
    broker.sent.clear()
    before = Usage.objects.get()
    images = list(Image.objects.order_by("id"))
    act(as_alice, "trash", {"ids": ids_of(images[:1])})
    assert Usage.objects.get().bytes == before.bytes
    done = act(as_alice, "delete", {"ids": ids_of(images[:2])}).json()
    assert (done["changed"], done["job"]["kind"], done["job"]["image_id"]) == (2, "delete", None)
    assert [message[0] for message in broker.sent] == ["images.delete"]
    renders = Job.objects.filter(kind=Job.Kind.RENDER).order_by("image_id")
    assert [job.state for job in renders] == ["canceled", "canceled", "queued"]
    assert len(as_alice.get(IMAGES).json()["results"]) == 1
    broker.work()
    job = as_alice.get(f"/internal/v1/jobs/{done['job']['id']}").json()
    assert (job["state"], job["result"]["image_count"]) == ("succeeded", 2)
    assert job["image_id"] is None
    usage = Usage.objects.get()
    assert (usage.images, usage.bytes) == (1, images[2].bytes)
    assert Image.objects.get().id == images[2].id


def test_a_render_goes_on_in_the_trash_as_it_does_for_one(
    as_alice: Client, picture: dict[str, Any], broker: Broker
) -> None:
    act(as_alice, "trash", {"ids": [picture["id"]]})
    assert Job.objects.get().state == Job.State.QUEUED
    broker.work()
    act(as_alice, "restore", {"ids": [picture["id"]]})
    assert as_alice.get(f"{IMAGES}/{picture['id']}").json()["state"] == "ready"


@pytest.mark.parametrize("action", ["trash", "restore", "delete", "add_tags"])
def test_what_is_purged_or_withheld_is_never_touched(
    as_alice: Client, alice: Person, action: str
) -> None:
    now = timezone.now()
    images = [
        *image_rows(alice, "purged", state=Image.State.PURGED, trashed_at=now),
        *image_rows(alice, "withheld", withheld_at=now),
        *image_rows(alice, "withheld-in-trash", withheld_at=now, trashed_at=now),
    ]
    before = list(Image.objects.order_by("id").values())
    words: dict[str, Any] = {"tags": ["x"]} if action == "add_tags" else {}
    assert act(as_alice, action, {"ids": ids_of(images)}, **words).json()["changed"] == 0
    moment = {"trashed_at": now.isoformat()}
    assert act(as_alice, action, moment, **words).json()["changed"] == 0
    assert list(Image.objects.order_by("id").values()) == before
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/action"),
        ({"action": "burn"}, "/action"),
        ({"action": "trash", "tags": ["x"]}, "/tags"),
        ({"action": "add_tags"}, "/tags"),
        ({"action": "add_tags", "tags": []}, "/tags"),
        ({"selection": {}}, "/selection"),
        ({"selection": {"ids": [], "trashed_at": "2026-01-01T00:00:00Z"}}, "/selection"),
        ({"selection": {"ids": ["x"]}}, "/selection/ids/0"),
        ({"selection": {"ids": [7]}}, "/selection/ids/0"),
        ({"selection": {"ids": [str(UUID(int=n)) for n in range(1001)]}}, "/selection/ids"),
        ({"selection": {"ids": [], "except_ids": []}}, "/selection/except_ids"),
        ({"selection": {"trashed_at": "", "expected_count": 1}}, "/selection/trashed_at"),
        ({"selection": {"ids": [], "expected_count": 1}}, "/selection/expected_count"),
        ({"selection": {"filter": {}}}, "/selection/expected_count"),
        ({"selection": {"filter": {"owner_id": "x"}, "expected_count": 1}}, "/owner_id"),
        ({"selection": {"filter": {"state": "purged"}, "expected_count": 1}}, "/state"),
        ({"selection": {"filter": {"trashed": "true"}, "expected_count": 1}}, "/trashed"),
        ({"selection": {"filter": {"q": "a\x00"}, "expected_count": 1}}, "/q"),
    ],
)
def test_a_bad_body_is_refused(
    as_alice: Client, alice: Person, body: dict[str, Any], pointer: str
) -> None:
    image_rows(alice, "a")
    whole = {"action": "trash", "selection": {"ids": []}, **body} if body else {}
    reply = as_alice.post(f"{IMAGES}/actions", json.dumps(whole), content_type="application/json")
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["pointer"].endswith(pointer)
    assert names_there() == ["a"]


@pytest.mark.parametrize("query", [{"state": "purged"}, {"format": "svg"}, {"tag": "x" * 51}])
def test_a_count_takes_the_filters_of_the_list(as_alice: Client, query: dict[str, str]) -> None:
    assert as_alice.get(f"{IMAGES}/count", query).status_code == 400


def test_many_rows_cost_as_many_questions_as_few(
    as_alice: Client, alice: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    image_rows(alice, *(f"{n}" for n in range(300)))
    for action in ("trash", "restore", "delete"):
        with django_assert_max_num_queries(12):
            outcome = act(as_alice, action, by_filter(300, trashed=action == "restore")).json()
        assert outcome["changed"] == 300


def test_bytes_that_are_there_are_looked_up_row_by_row_whatever_the_statistics_say(
    alice: Person,
) -> None:
    found = images_selected(owner_id=alice.id, selection=Selection(narrowed=ImageFilter()))
    for plan in (without_twin(found).explain(), with_twin(found).explain()):
        assert "Join" not in plan
        assert "Hash" not in plan
