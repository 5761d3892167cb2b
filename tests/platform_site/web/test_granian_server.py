"""A role on granian: what is refused before a view, who waits for whom, and how it ends.

The main job on it is in tests/main_job/test_split.py, its metrics in test_gunicorn.py.
"""

from contextlib import ExitStack
from pathlib import Path
from select import select

import pytest

from platform_site.web.granian_server import ENDING
from tests.platform_site.web.conftest import GRANIAN, Embedded, serving
from tests.platform_site.web.wire import PATIENCE_S, answer_of, head
from tests.waiting import until

pytestmark = pytest.mark.processes

JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=b"
ATTACKERS = 40
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (head("POST", "/auth/login", JSON, "Transfer-Encoding: chunked"), 411, "length_required"),
        (head("GET", "/" + "a" * 5000), 414, "uri_too_long"),
        (head("GET", "/api/v1/nowhere", "Connection: close"), 404, "not_found"),
        (head("GET", "/api/v1/presets", "Connection: close"), 401, "not_authenticated"),
    ],
)
def test_a_refusal_is_a_problem_document(
    on_granian: Embedded, request_: bytes, status: int, code: str
) -> None:
    answer = on_granian.wire.ask(request_)
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert answer.headers["x-request-id"] == answer.problem["request_id"]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (head("GET", "/livez", "A: " + "a" * 70_000), 431),
        (head("GET", "/livez", *(f"A{n}: b" for n in range(200))), 431),
    ],
)
def test_what_is_no_request_is_refused_without_a_word(
    on_granian: Embedded, request_: bytes, status: int
) -> None:
    answer = on_granian.wire.ask(request_)
    assert (answer.status, answer.body) == (status, b"")


@pytest.mark.parametrize("length", [1000, 900_000])
def test_forty_bodies_that_do_not_come_stop_nobody_who_reads(
    on_granian: Embedded, length: int
) -> None:
    begun = head("POST", "/auth/login", JSON, f"Content-Length: {length}") + b"{"
    with ExitStack() as stack:
        for _ in range(ATTACKERS):
            stack.enter_context(on_granian.wire.opened(begun))
        statuses = [on_granian.wire.get(path) for path in ("/livez", "/api/v1/presets") * 5]
    assert statuses == [200, 401] * 5


def test_who_is_beyond_the_bound_is_asked_to_come_again(on_granian: Embedded) -> None:
    begun = head("POST", "/auth/login", JSON, "Content-Length: 1000", "Connection: close") + b"{"
    with ExitStack() as stack:
        held = [stack.enter_context(on_granian.wire.opened(begun)) for _ in range(ATTACKERS)]
        answered, _, _ = select(held, [], [], PATIENCE_S)
        refused = answer_of(answered[0])
    assert (refused.problem["code"], refused.headers["retry-after"]) == ("busy", "1")


def test_a_request_under_way_is_answered_when_the_role_ends(tmp_path: Path) -> None:
    with serving(tmp_path, GRANIAN) as running:
        body = b"{" + b" " * 998 + b"}"
        begun = head("POST", "/auth/login", JSON, "Content-Length: 1000", "Expect: 100-continue")
        with running.wire.opened(begun + body[:-1]) as connection:
            # The word is said when a thread asks for the body. Before that, a role that ends may
            # close the connection, and a proxy asks the next one.
            assert connection.recv(len(CONTINUE)) == CONTINUE
            running.program.ask_to_end()
            until(lambda: _is_refused(running))
            connection.sendall(body[-1:])
            assert answer_of(connection).status == 400
        assert running.program.process is not None
        assert running.program.process.wait(30) == 0
        assert "Traceback" not in running.program.words()


def test_no_thread_takes_a_signal_away_from_the_one_that_hears_it(on_granian: Embedded) -> None:
    """The kernel may give a signal to any thread that is open to it, and the role would not end."""
    process = on_granian.program.process
    assert process is not None
    assert on_granian.wire.get("/api/v1/presets") == 401  # so that there are threads for requests
    (worker,) = _children(process.pid)
    assert _open_to_signals(process.pid) == [process.pid], "its main thread"
    (hears,) = _open_to_signals(worker)
    assert hears != worker, "whose main thread waits in C"


def _open_to_signals(pid: int) -> list[int]:
    """The threads of ``pid`` to which the kernel may give a SIGTERM or SIGINT."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(thread.name) for thread in threads if not _is_closed(thread)]


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_closed(thread: Path) -> bool:
    """Whether neither SIGTERM nor SIGINT interrupts a thread."""
    lines = (thread / "status").read_text().splitlines()
    (blocked,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigBlk:"))
    return all(blocked >> (number - 1) & 1 for number in ENDING)


def _is_refused(running: Embedded) -> bool:
    try:
        return running.wire.get("/livez") in {0, 503}
    except OSError:
        return True
