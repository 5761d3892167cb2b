from structlog.testing import capture_logs

from accounts.models import User
from accounts.services.audit import audit_record
from tests.accounts.callers import PASSWORD, Caller


def test_a_sign_in_is_recorded_with_where_it_came_from(alice_user: User) -> None:
    with capture_logs() as lines:
        caller = Caller()
        caller.post("/auth/login", {"email": alice_user.email, "password": PASSWORD})
    (entry,) = [line for line in lines if line["event"] == "audit"]
    assert (entry["act"], entry["user_id"]) == ("sign_in", str(alice_user.id))
    assert (entry["has_address"], entry["methods"]) == (True, "pwd")
    assert entry["request"]


def test_an_act_of_nobody_known_has_no_address() -> None:
    with capture_logs() as lines:
        audit_record("sign_in", user_id=None, by=None, outcome="refused")
    assert [(line["by"], line["has_address"]) for line in lines] == [("", False)]
