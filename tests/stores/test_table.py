"""The page about stores says what is known of them, and nothing is known of what is no check."""

from tests.stores import table
from tests.stores.contract import CHECKS


def test_the_table_is_that_of_what_is_known() -> None:
    page = table.PAGE.read_text()
    assert table.page(page, table.known()) == page


def test_what_is_known_is_of_checks_that_there_are() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) == len(set(names)) >= 60
    for store, told in table.known().items():
        assert set(told["differs"]) <= set(names), store
        assert told["about"], store


def test_a_difference_stands_in_its_column_and_takes_the_tick_away() -> None:
    name = CHECKS[1].name
    stores: table.Known = {
        "One": {"about": "1.0", "differs": {}},
        "Another": {"about": "2.0", "differs": {name: "Not|Implemented"}},
    }
    lines = table.text(stores).splitlines()
    assert lines[2] == "| version | 1.0 | 2.0 |"
    assert lines[3] == f"| **as the contract says** | {len(CHECKS)} | {len(CHECKS) - 1} |"
    assert f"| {CHECKS[0].words} | ✓ | ✓ |" in lines
    assert f"| {CHECKS[1].words} | ✓ | Not\\|Implemented |" in lines
