"""The CronJobs of backups: often enough, and run by their own commands on real parts."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
import pytest

from deploy.k8s.tools.objects import Object, Pod, of_kind, pods
from deploy.k8s.tools.objects import named as by_name
from tests.deploy.cluster.containers import expanded
from tests.deploy.workspace import Workspace, named
from tests.platform_site.backup.scripts import PLATFORM, told
from tests.platform_site.roles import python
from tests.servers.postgresql import programs
from tests.servers.s3 import ACCESS_KEY, SECRET_KEY, ObjectStore

JOBS: Final = {"backup": 6 * 3600, "rehearsal": 24 * 3600}
"""The longest time between two starts, in seconds."""
ROLES: Final = ("auth", "images", "admin", "backup")


def starts(schedule: str) -> int:
    """The seconds between two starts of a schedule of the form that we use, ``M H,H * * *``."""
    _minute, hours, *rest = schedule.split()
    assert rest == ["*", "*", "*"]
    at = [int(hour) for hour in hours.split(",")]
    return (
        max((after - hour) % 24 or 24 for hour, after in zip(at, [*at[1:], at[0]], strict=True))
        * 3600
    )


@pytest.mark.parametrize("overlay", ["platform", "headless"])
def test_they_run_as_often_as_the_alerts_expect(workspace: Workspace, overlay: str) -> None:
    rendered = workspace.render(overlay)
    watching = [
        item["data"]
        for item in of_kind(rendered, "ConfigMap")
        if "BACKUP_INTERVAL_S" in item["data"]
    ]
    assert {item["ROLE"] for item in watching} == {"worker", "admin"}
    for name, every_s in JOBS.items():
        spec = named(rendered, "CronJob", name)["spec"]
        assert starts(spec["schedule"]) == every_s
        assert (spec.get("suspend", False), spec["concurrencyPolicy"]) == (False, "Forbid")
        assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] < every_s
        assert {item[f"{name.upper()}_INTERVAL_S"] for item in watching} == {str(every_s)}
    # A dump brings back the moment at which it was made: what comes after it may be lost.
    assert {item["RECOVERY_POINT_OBJECTIVE_S"] for item in watching} == {str(JOBS["backup"])}


def test_the_programs_are_of_the_servers_own_image(workspace: Workspace) -> None:
    images = {
        container["image"]
        for pod in pods(workspace.render("platform"))
        for container in pod.containers
        if container["name"] in {"postgresql", "client", "scratch"}
    }
    assert len(images) == 1


@dataclass
class Cluster:
    """The Jobs' own environment, with each address and path of the cluster as it is here."""

    rendered: list[Object]
    directory: Path
    store: ObjectStore
    users: Mapping[str, str]

    def environment(self, job: str, **more: str) -> dict[str, str]:
        pod = Pod(named(self.rendered, "CronJob", job))
        (container,) = pod.spec["containers"]
        maps = dict(by_name(self.rendered, "ConfigMap"))
        found: dict[str, str] = {}
        for source in container["envFrom"]:
            found |= maps[pod.namespace, source["configMapRef"]["name"]]["data"]
        for item in container.get("env", []):
            if reference := item.get("valueFrom", {}).get("configMapKeyRef"):
                item["value"] = maps[pod.namespace, reference["name"]]["data"][reference["key"]]
            found[item["name"]] = item["value"]
        found |= {"S3_ENDPOINT_URL": self.store.endpoint, "S3_BUCKET": self.store.bucket}
        for name, value in found.items():
            for there in ("/run/secrets/platform", "/backups", "/scratch"):
                if there in value and not value.startswith("postgresql:"):
                    found[name] = value.replace(there, f"{self._mounted(pod)}{there}")
        return {**found, "PATH": f"{programs()}:/usr/bin:/bin", **more}

    def run(self, job: str, **more: str) -> str:
        """What the container says; fails where it fails."""
        (container,) = Pod(named(self.rendered, "CronJob", job)).spec["containers"]
        variables = self.environment(job, **more)
        words = [expanded(word, variables) for word in container["args"]]
        assert words[0] == "python"
        done = python(*words[1:], environment=variables, timeout_s=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _mounted(self, pod: Pod) -> Path:
        """The volumes of secrets and of backups, below one directory."""
        (volume,) = (each for each in pod.spec["volumes"] if each["name"] == "secrets")
        place = self.directory / pod.name
        files = place / "run" / "secrets" / "platform"
        files.mkdir(parents=True, exist_ok=True)
        for source in volume.get("projected", {}).get("sources", [volume]):
            secret = source["secret"]
            kept = dict(by_name(self.rendered, "Secret"))[
                pod.namespace, secret.get("secretName") or secret["name"]
            ]["data"]
            items = secret.get("items") or [{"key": key, "path": key} for key in kept]
            for item in items:
                (files / item["path"]).write_bytes(
                    self._content(base64.b64decode(kept[item["key"]]))
                )
        (self.directory / "backups").mkdir(exist_ok=True)
        if not (place / "backups").exists():
            (place / "backups").symlink_to(self.directory / "backups")
        return place

    def _content(self, content: bytes) -> bytes:
        """A URL of the cluster's database leads to the one here, as the same user."""
        parts = urlsplit(content.decode())
        return self.users[parts.username or ""].encode() if parts.scheme else content


@pytest.fixture
def cluster(workspace: Workspace, postgresql_url: str, tmp_path: Path) -> Iterator[Cluster]:
    """A migrated database with each role's user, and a bucket with pictures in it."""
    suffix = secrets.token_hex(4)
    name = f"cluster_{suffix}"
    parts = urlsplit(postgresql_url)._replace(path=f"/{name}")
    words = {role: secrets.token_hex(16) for role in ROLES}
    _, _, host = parts.netloc.rpartition("@")
    users = {
        role: parts._replace(netloc=f"{role}_{suffix}:{word}@{host}").geturl()
        for role, word in words.items()
    }
    (tmp_path / "s3").mkdir()
    store = ObjectStore(tmp_path / "s3", bucket="images")
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        store.start()
        try:
            yield Cluster(
                workspace.render("platform"), tmp_path, store,
                {**users, "owner": parts.geturl()},
            )  # fmt: skip
        finally:
            store.stop()
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
            for role in ROLES:
                connection.execute(f'DROP ROLE IF EXISTS "{role}_{suffix}"')


@pytest.mark.processes
def test_what_the_cronjobs_save_comes_back(cluster: Cluster) -> None:
    """As the users of the Jobs: the one that saves cannot write, the one that restores owns."""
    key = {"S3_ACCESS_KEY_ID": ACCESS_KEY, "S3_SECRET_ACCESS_KEY": SECRET_KEY}
    server = {"REHEARSAL_DATABASE_URL": cluster.users["owner"]}
    owner = {**cluster.environment("restore-backup", **key), "DATABASE_URL": cluster.users["owner"]}
    owner.pop("DATABASE_URL_FILE")
    told(PLATFORM + "\nprint(json.dumps([]))", owner)
    urls = cluster.directory / "urls"
    urls.mkdir()
    for role in ROLES:
        (urls / role).write_text(cluster.users[role])
    granting = python("manage.py", "grant_database_roles", "--urls", str(urls), environment=owner)
    assert granting.returncode == 0, granting.stderr
    made = cluster.run("backup", **key)
    assert "Place    " in made
    assert "Missing" not in made
    assert "The backup comes back" in cluster.run("rehearsal", **key, **server)
    with (
        psycopg.connect(cluster.users["backup"]) as reader,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        reader.execute("DELETE FROM images_image")
    with psycopg.connect(cluster.users["owner"]) as connection:
        before = connection.execute("SELECT count(*) FROM images_image").fetchone()
        runs = connection.execute("SELECT kind, outcome FROM backup_run ORDER BY kind").fetchall()
        connection.execute("TRUNCATE images_image CASCADE")
    # Of these rows workers tell Prometheus, so that BackupMissing is silent.
    assert runs == [("backup", "succeeded"), ("rehearsal", "succeeded")]
    assert "Restored to" in cluster.run("restore-backup", **key)
    with psycopg.connect(cluster.users["owner"]) as connection:
        assert connection.execute("SELECT count(*) FROM images_image").fetchone() == before
