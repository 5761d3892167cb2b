"""The rows behind the same documents that the platform answers with."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models


class Photo(models.Model):
    """One image. What the platform works out for each answer is a plain column here."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    state = models.CharField(max_length=20)
    title = models.CharField(max_length=200, blank=True)
    tags = models.JSONField(default=list)
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    placeholder = models.CharField(max_length=600, null=True)  # noqa: DJ001 - as in the document
    has_alpha = models.BooleanField(default=False)
    animated = models.BooleanField(default=False)
    complete = models.BooleanField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    trashed_at = models.DateTimeField(null=True)
    links = models.JSONField(default=dict)
    job = models.JSONField(null=True)

    objects: ClassVar[models.Manager["Photo"]] = models.Manager()

    def __str__(self) -> str:
        return self.filename


class PhotoRendition(models.Model):
    """One derived file."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")
    spec = models.CharField(max_length=120)
    preset = models.CharField(max_length=20, null=True)  # noqa: DJ001 - as in the document
    ops = models.JSONField(default=dict)
    format = models.CharField(max_length=10)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    bytes = models.PositiveBigIntegerField(null=True)
    state = models.CharField(max_length=10)
    url = models.CharField(max_length=500, null=True)  # noqa: DJ001 - as in the document
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager["PhotoRendition"]] = models.Manager()

    def __str__(self) -> str:
        return self.spec
