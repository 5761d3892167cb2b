"""The Django application of the images and worker roles."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    """Originals, renditions, jobs and usage."""

    name = "images"
    label = "images"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Images"
