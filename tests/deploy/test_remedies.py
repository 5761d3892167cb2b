"""Every command of the pages is tried: run on a server of its kind, or held to what there is."""

import re
from collections.abc import Iterator, Mapping

import psycopg
import pytest
from django.core.management import CommandError, get_commands, load_command_class
from redis import Redis
from redis.exceptions import ResponseError

from deploy.k8s.tools.objects import Object
from platform_site.secrets.generation import KeyMaterial
from tests.deploy.remedies import (
    PLACE,
    Remedy,
    kind_of,
    logged_faults,
    object_faults,
    pasted,
    remedies,
    sql_of,
)
from tests.deploy.workspace import MANIFESTS, ROOT, Workspace
from tests.observability.expressions import asked_by_panels, asked_by_rules, named
from tests.servers.redis import RedisServer

ALL = remedies()
MAKE = (ROOT / "Makefile").read_text() + (MANIFESTS / "tools" / "deploy.mk").read_text()


def of(kind: str) -> list[Remedy]:
    return [remedy for remedy in ALL if kind_of(remedy) == kind]


@pytest.fixture(scope="module")
def rendered(workspace: Workspace, renders: Mapping[str, list[Object]]) -> list[Object]:
    """Whatever a cluster may have: the overlay, and what each component adds."""
    return [*workspace.render("platform"), *(item for each in renders.values() for item in each)]


@pytest.fixture(scope="module")
def broker() -> Iterator[tuple[RedisServer, str]]:
    """A broker with the users of production, and the password of its exporter."""
    server, words = RedisServer(), KeyMaterial().broker
    server.users_give("broker", words)
    server.start()
    yield server, words["exporter"]
    server.stop()


def test_no_command_is_left_out() -> None:
    assert [str(remedy) for remedy in ALL if not kind_of(remedy)] == []
    assert len(ALL) > 300
    assert len(pasted()) == 3


@pytest.mark.parametrize("remedy", of("sql"), ids=str)
def test_a_statement_runs_as_a_user_that_the_server_has(
    postgresql_url: str, workspace: Workspace, remedy: Remedy
) -> None:
    user, statement = sql_of(remedy)
    (server,) = [
        i
        for i in workspace.render("platform")
        if i["kind"] == "StatefulSet" and i["metadata"]["name"] == "postgresql"
    ]
    variables = server["spec"]["template"]["spec"]["containers"][0]["env"]
    (owner,) = [one["value"] for one in variables if one["name"] == "POSTGRES_USER"]
    assert user == owner
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("remedy", of("redis"), ids=str)
def test_a_user_of_redis_may_do_what_it_is_told(
    broker: tuple[RedisServer, str], remedy: Remedy
) -> None:
    server, password = broker
    line = remedy.inside[-1]
    user, command = re.search(r"redis-cli --user (\S+) ([^|;&]*)", line).groups()  # type: ignore[union-attr]
    assert user == "exporter"
    with Redis(port=server.port, username=user, password=password) as client:
        client.execute_command(*command.split())
        with pytest.raises(ResponseError, match="permission"):
            client.execute_command("FLUSHALL")


@pytest.mark.parametrize("remedy", of("metrics"), ids=str)
def test_a_query_asks_for_metrics_that_rules_and_panels_ask_for_too(remedy: Remedy) -> None:
    known = {
        metric
        for one in (*asked_by_rules(), *asked_by_panels())
        for metric in named(one.expr).metrics
    }
    found = set(named(remedy.inside[-1]).metrics)
    assert found
    assert found <= known


@pytest.mark.parametrize("remedy", of("command"), ids=str)
def test_a_command_of_ours_takes_its_words(remedy: Remedy) -> None:
    words = [PLACE.sub("1", word) for word in remedy.inside or remedy.words]
    name, *rest = words[words.index("manage.py") + 1 :]
    command = load_command_class(get_commands()[name], name)
    if not isinstance(command, type) and rest:
        try:
            command.create_parser("manage.py", name).parse_args(rest)
        except CommandError as exc:
            pytest.fail(str(exc))


@pytest.mark.parametrize("remedy", of("target"), ids=str)
def test_a_target_is_there_and_reads_its_variables(remedy: Remedy) -> None:
    for word in remedy.words[1:]:
        name, is_variable, _value = word.partition("=")
        if is_variable:
            assert f"$({name})" in MAKE, word
        else:
            assert re.search(rf"^{re.escape(name)}:", MAKE, re.MULTILINE), word


@pytest.mark.parametrize("remedy", of("keys"), ids=str)
def test_what_is_thrown_away_is_made_again(remedy: Remedy, workspace: Workspace) -> None:
    made = {path.name for path in workspace.secrets.glob("*/*")}
    assert {word.rpartition("/")[2] for word in remedy.words[2:]} <= made


@pytest.mark.parametrize("remedy", of("module"), ids=str)
def test_a_module_is_there_to_be_run(remedy: Remedy) -> None:
    module = remedy.words[remedy.words.index("-m") + 1]
    place = ROOT / module.replace(".", "/")
    assert (place / "__main__.py").exists() or place.with_suffix(".py").exists()


@pytest.mark.parametrize("remedy", [r for r in ALL if r.words[0] == "kubectl"], ids=str)
def test_what_kubectl_is_given_is_there(rendered: list[Object], remedy: Remedy) -> None:
    assert object_faults(remedy, rendered) == []
    assert logged_faults(remedy) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("kubectl -n image-platform exec postgresql-0 -c database -- df -h", "container database"),
        ("kubectl -n image-platform delete pod mysql-0", "pod/mysql-0"),
        ("kubectl -n image-platform logs -l app.kubernetes.io/name=web", "no pod has"),
        ("kubectl -n image-platform logs deploy/auth | grep it_never_says_this", "it_never"),
        ("kubectl -n image-platform scale statefulset/redis --replicas=0", "statefulset/redis"),
    ],
)
def test_a_wrong_name_is_found(rendered: list[Object], text: str, fault: str) -> None:
    remedy = Remedy("a page", text)
    faults = object_faults(remedy, rendered) + logged_faults(remedy)
    assert len(faults) == 1
    assert faults[0].startswith(fault)


@pytest.mark.parametrize("text", ["rm -rf /", "systemctl restart nginx"])
def test_a_command_that_nothing_tries_is_found(text: str) -> None:
    assert kind_of(Remedy("a page", text)) == ""
