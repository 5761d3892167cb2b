"""Connections as rows of a page are read back as they were written, and a change is said."""

import pytest

from deploy.k8s.tools import connections

FOUND = {
    ("gateway", "auth", "8080/TCP"),
    ("gateway", "DNS", "53/UDP"),
    ("gateway", "DNS", "53/TCP"),
    ("ingress controller", "frontend", "any"),
}


def test_what_is_written_is_read_back() -> None:
    page = f"# Page\n\n{connections.edges_table(FOUND)}\nText.\n"
    assert connections.committed(page) == FOUND
    assert "| gateway | DNS | 53/TCP, 53/UDP |\n" in page


def test_the_first_tables_can_be_read_alone() -> None:
    first, second = {("a", "b", "1/TCP")}, {("c", "d", "2/TCP")}
    page = f"{connections.edges_table(first)}\n{connections.edges_table(second)}"
    assert connections.committed(page, tables=1) == first
    assert connections.committed(page) == first | second


def test_a_row_that_is_not_understood_is_no_row_less() -> None:
    with pytest.raises(ValueError, match="not understood"):
        connections.committed(connections.edges_table(FOUND).replace("| auth |", "| auth? |"))


def test_each_connection_that_is_new_or_gone_is_said() -> None:
    after = FOUND - {("gateway", "auth", "8080/TCP")} | {("stranger", "auth", "8080/TCP")}
    assert list(connections.words_of_change(FOUND, after)) == [
        "+ stranger may connect to auth on 8080/TCP\n",
        "- gateway may connect to auth on 8080/TCP\n",
    ]
