"""Every role started from the image's own file system by its own manifest, and the main job done.

Needs root (namespaces) and the unpacked images of today's files: `make test` builds them beside the
other tests, `make image-roots` alone.
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import urllib3
import yaml
from django.core.management import call_command

from deploy.k8s.tools.objects import of_kind
from platform_site.management.commands import create_bucket
from tests.deploy.cluster import node, servers
from tests.deploy.cluster.network import own_network
from tests.deploy.workspace import MANIFESTS, WORKERS, Workspace, named
from tests.images.renditions.samples import heic
from tests.images.renditions.samples import picture as drawn
from tests.needs import missing
from tests.servers.store_users import StoreWithUsers

PHOTOGRAPH = Path(__file__).resolve().parents[1] / "photographs" / "mountains.jpg"
BUILD = Path(__file__).with_name("images") / "build"
BUILT_WITHIN_S = 1200
ROOTS = Path(__file__).resolve().parents[2] / "var" / "images"
HOST = "images.example.com"
RELEASE = yaml.safe_load((MANIFESTS / "release" / "release.yaml").read_text())["data"]["version"]
WEB = ("auth", "gateway", "images", "admin")
DIFFICULT = "p@ss/w:rd \"with' %s\\ $HOME #&;`x`"
pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def images() -> dict[str, Path]:
    """The file system of each image; what a role does not bring itself is the machine's."""
    if lacking := node.available():
        missing(lacking)
    # One that still runs is waited for.
    current = subprocess.run(["sh", BUILD, "--is-current"], check=False, timeout=BUILT_WITHIN_S)
    if current.returncode:
        missing("the images' file systems are not those of today's files: make image-roots")
    return {name: ROOTS / name for name in ("app", "frontend")} | {"redis": Path("/")}


@pytest.fixture(scope="module")
def cluster(
    images: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[node.Node]:
    """The platform up, in the order in which a cluster would let it come up."""
    directory = tmp_path_factory.mktemp("cluster")
    workspace = Workspace(directory)
    _difficult_passwords(workspace)
    with ExitStack() as stack:
        stack.enter_context(own_network())
        store = stack.enter_context(
            servers.object_store(f"{node.SUBNET}.3", directory, workspace.secrets)
        )
        rendered = workspace.render("platform")
        here = node.Node(rendered, images, directory)
        stack.callback(here.stop)
        owner = (workspace.secrets / "postgresql" / "owner-password").read_text()
        stack.enter_context(servers.postgresql(here.elsewhere("postgresql", 2), owner))
        here.elsewhere("minio", 3)
        store.start()
        for name in ("redis-broker", "redis-cache"):
            running = here.start(named(rendered, "StatefulSet", name), "redis")
            here.await_probe(running, "readinessProbe")
        (migrate,) = [
            job for job in of_kind(rendered, "Job") if job["metadata"]["name"].startswith("migrate")
        ]
        here.complete(migrate)
        _bucket(workspace, store)
        for name in (*WEB, *WORKERS, "scheduler", "frontend"):
            here.start(named(rendered, "Deployment", name), "app")
        for name in (*WEB, *WORKERS, "frontend"):
            here.await_probe(here.running[name], "startupProbe")
            here.await_probe(here.running[name], "readinessProbe")
        yield here


def _difficult_passwords(workspace: Workspace) -> None:
    """Passwords with every character that a shell, a URL, Redis or JSON reads in its own way."""
    quoted = quote(DIFFICULT, safe="")
    secrets = workspace.secrets
    for server, kind in (("redis-broker", "broker-url"), ("redis-cache", "cache-url")):
        for user in ("exporter", "probe"):
            (secrets / server / f"{user}-password").write_text(DIFFICULT)
        for file in secrets.glob(f"*/{kind}"):
            file.write_text(f"redis://{file.parent.name}:{quoted}@{server}:6379/0")
    call_command("redis_users", directory=secrets, stdout=StringIO())
    (secrets / "postgresql" / "owner-password").write_text(DIFFICULT)
    for role, user in (
        ("migrate", "owner"),
        ("auth", "auth"),
        ("images", "images"),
        ("worker", "images"),
        ("admin", "admin"),
        ("backup", "backup"),
    ):
        url = f"postgresql://{user}:{quoted}@postgresql:5432/platform"
        (secrets / role / "database-url").write_text(url)


def _bucket(workspace: Workspace, store: StoreWithUsers) -> None:
    """What the Job `bucket` does in its second container."""
    create_bucket.create(store.client(), "images")
    key_id, key = (
        (workspace.secrets / "minio-images" / name).read_text()
        for name in ("s3-access-key-id", "s3-secret-access-key")
    )
    create_bucket.prove_rights(store.client(key_id, key), "images")


def ask(cluster: node.Node, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
    """Ask as the Ingress would: by the frontend's address, with the public host name.

    ``at`` is another pod and port.
    """
    name, _, port = options.pop("at", "frontend:3000").partition(":")
    headers = {"Host": HOST, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
    return urllib3.request(
        method,
        f"http://{cluster.running[name].address}:{port}{path}",
        headers={**headers, **options.pop("headers", {})},
        timeout=40.0,
        retries=False,
        **options,
    )


def test_the_main_job_is_done_through_the_frontend(cluster: node.Node) -> None:
    person = {"email": "alice@example.com", "password": "correct-horse-battery", "name": "Alice"}
    assert ask(cluster, "POST", "/auth/register", json=person).status == 202
    login = ask(cluster, "POST", "/auth/login", json={
        "email": person["email"], "password": person["password"], "mode": "token"})  # fmt: skip
    assert login.status == 200, login.data
    bearer = {"Authorization": f"Bearer {login.json()['access']}"}
    sent = _sent(cluster, bearer)
    assert sent.status == 202, (sent.data, cluster.words("gateway"), cluster.words("images"))
    rendition = _ready(cluster, f"/api/v1/images/{sent.json()['image']['id']}", bearer)
    scheme, _, rest = rendition["url"].partition("://")
    assert (scheme, rest.partition("/")[0]) == ("https", HOST)
    path = "/" + rest.partition("/")[2]
    inside = ask(cluster, "GET", path, at="images:5000")
    assert (inside.status, inside.data) == (307, b""), "the role says where, and sends nothing"
    assert inside.headers["X-Accel-Redirect"].startswith("/_store/images/")
    picture = ask(cluster, "GET", path)
    assert picture.status == 200, (picture.data, cluster.words("images"), cluster.words("frontend"))
    assert picture.headers["Content-Type"] == f"image/{rendition['ops']['format']}"
    assert len(picture.data) == rendition["bytes"]
    assert not [name for name in picture.headers if name.lower().startswith(("x-accel", "x-amz"))]
    # The image's libheif has no encoder behind it, and needs none.
    sent = _sent(cluster, bearer, "phone.heic", heic(drawn(320, 200)))
    assert sent.status == 202, sent.data
    _ready(cluster, f"/api/v1/images/{sent.json()['image']['id']}", bearer)


def _sent(
    cluster: node.Node,
    headers: dict[str, str],
    name: str = PHOTOGRAPH.name,
    content: bytes | None = None,
) -> urllib3.BaseHTTPResponse:
    """The answer to an upload; as the contract says, a 503 is tried again after a while."""
    for _attempt in range(5):
        answer = ask(
            cluster,
            "POST",
            "/api/v1/images",
            headers=headers,
            fields={"file": (name, content or PHOTOGRAPH.read_bytes()), "presets": "small"},
        )
        if answer.status != 503:
            break
        time.sleep(float(answer.headers["Retry-After"]) + 1)
    return answer


def _ready(cluster: node.Node, path: str, headers: dict[str, str]) -> dict[str, Any]:
    """The image's first rendition once a worker has made it."""
    deadline = time.monotonic() + 120
    while True:
        rendition: dict[str, Any] = ask(cluster, "GET", path, headers=headers).json()["renditions"][
            0
        ]
        if rendition["state"] == "ready":
            return rendition
        assert time.monotonic() < deadline, cluster.words("worker-interactive")
        time.sleep(0.5)


@pytest.mark.parametrize("name", [*WEB, *WORKERS, "frontend"])
def test_liveness_answers_by_the_manifests_path_and_port(cluster: node.Node, name: str) -> None:
    cluster.await_probe(cluster.running[name], "livenessProbe", timeout_s=10)


def test_the_scheduler_is_ready_and_sends_what_is_due(cluster: node.Node) -> None:
    cluster.await_probe(cluster.running["scheduler"], "readinessProbe", timeout_s=10)
    deadline = time.monotonic() + 40
    while "images.sweep" not in (said := cluster.words("scheduler")):
        assert time.monotonic() < deadline, said
        time.sleep(0.5)


@pytest.mark.parametrize("name", ["auth", "gateway", "images", "admin", *WORKERS])
def test_metrics_are_where_prometheus_is_let_to(cluster: node.Node, name: str) -> None:
    running = cluster.running[name]
    reply = urllib3.request("GET", f"http://{running.address}:9090/metrics", retries=False)
    assert reply.status == 200
    said = re.findall(r'^platform_build_info{.*version="(.*?)"', reply.data.decode(), re.MULTILINE)
    assert set(said) == {RELEASE}
    built = cluster.execute(running, ["printenv", "PLATFORM_VERSION"])
    assert built.stdout.strip() == RELEASE


@pytest.mark.parametrize("name", [*WEB, *WORKERS, "scheduler", "frontend"])
def test_the_root_cannot_be_written_and_secrets_are_the_pods_own(
    cluster: node.Node, name: str
) -> None:
    running = cluster.running[name]
    wrote = cluster.execute(running, ["sh", "-c", "touch /app/x /opt/x /etc/x /usr/x 2>&1"])
    assert wrote.returncode != 0
    assert wrote.stdout.count("Read-only file system") >= 3
    if name != "frontend":
        command = "stat -c %a:%U:%g /run/secrets/platform/django-secret-key; id -u"
        said = cluster.execute(running, ["sh", "-c", command]).stdout.split()
        assert said == ["440:root:10001", "10001"]


def test_redis_refuses_whoever_has_no_password(cluster: node.Node) -> None:
    for name in ("redis-broker", "redis-cache"):
        running = cluster.running[name]
        said = cluster.execute(running, ["redis-cli", "ping"])
        assert (said.returncode, said.stdout.strip()) == (0, "NOAUTH Authentication required.")
        assert cluster.probe(running, running.pod.spec["containers"][0]["readinessProbe"])[0]


def test_redis_runs_by_its_own_rules(cluster: node.Node) -> None:
    for name, policy, aof in (
        ("redis-broker", "noeviction", 1),
        ("redis-cache", "allkeys-lru", 0),
    ):
        asked = (
            "REDISCLI_AUTH=$(cat /run/secrets/redis/exporter-password) redis-cli --user exporter"
        )
        running = cluster.running[name]
        told = cluster.execute(running, ["sh", "-c", f"{asked} info"]).stdout.split()
        assert f"maxmemory_policy:{policy}" in told
        assert f"aof_enabled:{aof}" in told
        refused = cluster.execute(running, ["sh", "-c", f"{asked} config get maxmemory"]).stdout
        assert refused.startswith("NOPERM")


def test_the_exporters_password_file_is_json_with_the_same_password(cluster: node.Node) -> None:
    volumes = cluster.directory / "redis-broker" / "volumes"
    found = json.loads((volumes / "run" / "exporter.json").read_text())
    assert found == {"redis://exporter@localhost:6379": DIFFICULT}


def test_nobody_outside_reaches_what_is_inside(cluster: node.Node) -> None:
    for path in ("/internal/v1/token", "/internal/v1/images", "/admin/", "/metrics"):
        assert ask(cluster, "GET", path).status == 404


def test_the_frontend_asked_the_name_server_for_full_names(cluster: node.Node) -> None:
    ask(cluster, "GET", "/api/v1/status")
    assert "gateway.image-platform.svc.cluster.local" in cluster.names.asked


def test_a_role_whose_secret_file_is_missing_names_it(cluster: node.Node) -> None:
    done = cluster.execute(
        cluster.running["gateway"],
        [
            "env",
            "SERVICE_CLIENT_SECRET_FILE=/run/secrets/platform/nowhere",
            "python",
            "/app/manage.py",
            "check",
        ],
    )
    assert done.returncode != 0
    assert "SERVICE_CLIENT_SECRET_FILE cannot be read: No such file or directory" in done.stderr


@pytest.mark.parametrize(
    "name", ["frontend", "gateway", "scheduler", *WORKERS, "images", "auth", "admin"]
)
def test_a_pod_ends_within_its_time(cluster: node.Node, name: str) -> None:
    """Last: nothing runs afterwards."""
    running = cluster.running[name]
    given = running.pod.spec["terminationGracePeriodSeconds"]
    assert cluster.terminate(running) < given - 10
