"""What the public reaches of the images role: bytes, by signed URL."""

from django.urls import path

from images.api.delivery import delivery

# One segment-free pattern: a URL with a changed slash is refused as the forgery that it is.
urlpatterns = [path("i/<path:rest>", delivery, name="delivery")]
