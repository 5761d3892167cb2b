"""What apps offer through their AppConfig is found without loading them, and once they are."""

from platform_site.kit.tasks import offers
from tests.platform_site.roles import python

OFFERED = """
import sys
from platform_site.kit.tasks import offers
apps = offers.configs(["django.contrib.admin", "rest_framework", "images"])
print([app.name for app in apps])
print(offers.queues_of(apps))
print({task: due.queue for task, due in offers.periodic_of(apps).items()})
print(sorted(name for name in sys.modules if name.startswith(("images", "celery", "prometheus"))))
"""


def test_settings_may_ask_before_any_app_is_loaded() -> None:
    """Without settings at all: an app that read them when it is asked would fail here."""
    done = python("-c", OFFERED, environment={})
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "['rest_framework', 'images']",
        "('interactive', 'bulk', 'maintenance')",
        "{'images.sweep': 'maintenance', 'images.purge_trash': 'maintenance'}",
        "['images', 'images.apps']",
    ]


def test_the_apps_declare_what_their_tasks_are_given() -> None:
    assert {name: rule.ids for name, rule in offers.accepted_messages().items()} == {
        "images.render": 2,
        "images.delete": 2,
        "images.export": 2,
        "images.sweep": 0,
        "images.purge_trash": 0,
    }


def test_the_gauges_of_the_apps_are_known_before_their_reports_are() -> None:
    offered = offers.worker_gauges()
    gauges = {gauge.name: gauge.samples for one in offered for gauge in one.gauges(None)}
    assert set(gauges) > {"platform_queue_depth", "platform_dependency_up"}
    assert set(gauges) > {"platform_backup_last_ok", "platform_rehearsal_recovery_seconds"}
    assert not any(gauges.values())
