"""What the public reaches of the images role: bytes, by signed URL."""

from django.urls import path

from images.api.delivery import deliver

# One segment-free pattern: a URL with a changed slash is refused as the forgery that it is.
urlpatterns = [path("i/<path:rest>", deliver, name="delivery")]
