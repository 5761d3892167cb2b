"""What every process of a role does once its apps are loaded."""

import sys

from django.apps import apps

from platform_site.apps import PlatformConfig


def config() -> PlatformConfig:
    found = apps.get_app_config("platform_site")
    assert isinstance(found, PlatformConfig)
    return found


def test_a_role_with_a_queue_gives_its_tasks_the_identity_of_the_request() -> None:
    assert "platform_site.kit.tasks.context" in sys.modules


def test_sessions_of_the_admin_are_cleared_where_they_are_kept() -> None:
    assert config().housekeeping == {"clearsessions": 86_400}
