"""Two frontends beside each other: a share of people is handed on, and comes back by itself."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import urllib3

from tests.edge.conftest import variables_for
from tests.edge.server import Edge, running_edge
from tests.edge.upstreams import Answer, Upstream, serving
from tests.waiting import until

pytestmark = pytest.mark.processes

PEOPLE = [f"198.51.100.{number}" for number in range(1, 101)]
STEPS = ("1", "10", "50", "100")


@dataclass
class Pair:
    """Blue, which everybody comes to, and green beside it."""

    split: Path
    blue: Edge
    green: Edge
    of_blue: Upstream
    of_green: Upstream

    def share(self, percent: int) -> None:
        """As `manage.py rollout` says it."""
        for step in STEPS:
            file = self.split / f"green.{step}"
            file.unlink(missing_ok=True)
            if int(step) <= percent:
                file.touch()

    def ask(self, path: str = "/api/v1/status", *, person: str = PEOPLE[0], **more: object) -> str:
        """The colour that answered one request of ``person``."""
        headers = {"X-Forwarded-For": person}
        method = "POST" if "body" in more else "GET"
        reply = urllib3.request(method, self.blue.url + path, headers=headers, **more)  # type: ignore[arg-type]
        assert reply.status == 200, reply.data
        return reply.headers.get("X-Colour", "")

    def handed(self) -> set[str]:
        """The people whose requests green answers."""
        return {person for person in PEOPLE if self.ask(person=person) == "green"}


def _upstreams(one: Upstream) -> dict[str, str]:
    return variables_for(one.address, one.address, one.address, one.address)


@pytest.fixture(scope="module")
def shared_pair() -> Iterator[Pair]:
    with ExitStack() as stack:
        split = Path(stack.enter_context(TemporaryDirectory(prefix="image-platform-split-")))
        split.chmod(0o755)  # nginx reads it as nobody
        of_blue, of_green = (stack.enter_context(serving()) for _ in range(2))
        trusting = {"CLIENT_ADDRESS_FROM": "127.0.0.0/8", "SPLIT_DIR": str(split)}
        green = stack.enter_context(
            running_edge({**_upstreams(of_green), **trusting, "COLOUR_BESIDE": "blue"})
        )
        beside = {"COLOUR_BESIDE": "green", "BESIDE_UPSTREAM": f"127.0.0.1:{green.port}"}
        blue = stack.enter_context(running_edge({**_upstreams(of_blue), **trusting, **beside}))
        yield Pair(split, blue, green, of_blue, of_green)


@pytest.fixture
def pair(shared_pair: Pair) -> Iterator[Pair]:
    for name, upstream in (("blue", shared_pair.of_blue), ("green", shared_pair.of_green)):
        upstream.begin_anew()
        upstream.respond = lambda _, name=name: Answer(headers={"X-Colour": name})  # type: ignore[misc]
    shared_pair.share(0)
    yield shared_pair
    shared_pair.share(0)


def test_nobody_is_handed_on_where_nothing_is_said(pair: Pair) -> None:
    assert pair.handed() == set()


def test_shares_grow_and_keep_those_who_are_there(pair: Pair) -> None:
    found = []
    for percent in (1, 10, 50, 100):
        pair.share(percent)
        found.append(pair.handed())

    assert found[0] <= found[1] <= found[2] <= found[3] == set(PEOPLE)
    assert 2 <= len(found[1]) <= 20
    assert 35 <= len(found[2]) <= 65


def test_all_paths_of_a_person_go_the_same_way(pair: Pair) -> None:
    pair.share(100)
    for path in ("/api/v1/images/1", "/auth/session", "/.well-known/jwks.json"):
        assert pair.ask(path) == "green"
    page = urllib3.request("GET", f"{pair.blue.url}/", headers={"X-Forwarded-For": PEOPLE[0]})
    assert page.status == 200
    assert "green" in {line["handed_to"] for line in pair.blue.log_lines(1)}


def test_an_upload_is_handed_on_whole_with_its_sender(pair: Pair) -> None:
    pair.share(100)
    body = b"x" * 3_000_000

    assert pair.ask("/api/v1/images", body=body) == "green"

    assert pair.of_green.last.body == body
    assert pair.of_green.last.headers["x-forwarded-for"] == PEOPLE[0]
    assert pair.of_green.last.headers["host"] == f"127.0.0.1:{pair.blue.port}"


def test_the_probes_stay_with_the_pod(pair: Pair) -> None:
    pair.share(100)
    assert pair.ask("/readyz") == ""
    pair.green.stop()
    try:
        assert pair.ask("/readyz") == ""
    finally:
        pair.green.start()


def test_where_nobody_is_the_old_release_answers_also_a_post(pair: Pair) -> None:
    pair.share(100)
    pair.green.stop()
    try:
        assert pair.ask() == "blue"
        assert pair.ask("/api/v1/images", body=b"x" * 100_000) == "blue"
    finally:
        pair.green.start()
    assert pair.of_blue.last.headers["x-forwarded-for"] == PEOPLE[0]


def test_a_read_that_the_other_cannot_answer_comes_back(pair: Pair) -> None:
    pair.share(100)
    pair.of_green.respond = lambda _: Answer(hang_up=True)
    assert pair.ask() == "blue"


def test_a_failure_of_the_other_release_is_not_hidden(pair: Pair) -> None:
    pair.share(100)
    pair.of_green.respond = lambda _: Answer(status=500)
    url = f"{pair.blue.url}/api/v1/status"
    # After what stood above, it is left alone for two seconds.
    until(lambda: urllib3.request("GET", url).status == 500)
