"""What the public reaches of the images role: bytes, by signed address."""

from django.urls import path

from images.api.delivery import delivery

# One segment-free pattern: an address with a changed slash is refused as the forgery that it is.
urlpatterns = [path("i/<path:rest>", delivery, name="delivery")]
