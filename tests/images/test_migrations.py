"""What the migrations do to rows; that they end in today's models, `makemigrations` checks."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from images.models import Tag
from tests.images.people import Person
from tests.images.rows import image_rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_tag_that_the_previous_release_wrote_names_the_owner(alice: Person) -> None:
    (image,) = image_rows(alice, "a")
    Tag.objects.create(image=image, name="old")
    old = Tag.objects.get()
    assert (old.owner_id, old.image_created_at) == (alice.id, image.created_at)


def test_tags_from_before_get_their_owners(alice: Person, bob: Person) -> None:
    rows = [*image_rows(alice, "a"), *image_rows(bob, "b")]
    Tag.objects.bulk_create(Tag.of(image, "old") for image in rows)
    Tag.objects.update(owner_id=None, image_created_at=None)
    fill = import_module("images.migrations.0007_lists_by_index").owners_fill
    with connection.schema_editor(atomic=False) as editor:
        fill(apps, editor)
    assert set(Tag.objects.values_list("owner_id", "image_created_at")) == {
        (image.owner_id, image.created_at) for image in rows
    }
