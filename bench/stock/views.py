"""Generic views over model serializers, for the owner of the rows."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.stock.models import Photo, PhotoRendition

PRESETS: list[dict[str, Any]] = [
    {"name": name, "width": side, "height": side, "fit": "inside", "formats": ["webp", "jpeg"]}
    for name, side in (("thumb", 200), ("small", 480), ("medium", 800), ("large", 1600))
]


class ProfileSerializer(serializers.ModelSerializer[User]):
    """The account under the platform's names."""

    name = serializers.CharField(source="first_name")
    created_at = serializers.DateTimeField(source="date_joined")

    class Meta:
        model = User
        fields = ("id", "email", "name", "is_staff", "created_at")


class RenditionSerializer(serializers.ModelSerializer[PhotoRendition]):
    """One derived file."""

    class Meta:
        model = PhotoRendition
        exclude = ("photo",)


class PhotoSerializer(serializers.ModelSerializer[Photo]):
    """One image with its derived files."""

    renditions = RenditionSerializer(many=True)

    class Meta:
        model = Photo
        exclude = ("owner",)


class PresetSerializer(serializers.Serializer[Any]):
    """A named size."""

    name = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    fit = serializers.CharField()
    formats = serializers.ListField(child=serializers.CharField())


class Profile(generics.RetrieveAPIView[User]):
    """Who I am."""

    serializer_class = ProfileSerializer

    def get_object(self) -> User:
        """The caller, whom the authentication has read from the database."""
        user = self.request.user
        if not isinstance(user, User):
            raise TypeError("Only somebody who is signed in comes here.")
        return user


class PhotoDetail(generics.RetrieveAPIView[Photo]):
    """One image that the caller owns."""

    serializer_class = PhotoSerializer

    def get_queryset(self) -> QuerySet[Photo]:
        """The caller's own."""
        return Photo.objects.filter(owner=self.request.user.pk).prefetch_related("renditions")


class Presets(APIView):
    """The named sizes."""

    def get(self, request: Request) -> Response:  # noqa: ARG002 - the same for everyone
        """All of them."""
        return Response({"results": PresetSerializer(PRESETS, many=True).data})
