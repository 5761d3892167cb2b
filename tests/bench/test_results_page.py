"""The page of the results shows every target, and parts that it knows nothing of."""

from bench.results_page import results_page


def test_targets_that_are_not_met_come_first() -> None:
    targets = [
        {"what": "a", "target": "≤ 1", "measured": "0.5", "met": True},
        {"what": "b", "target": "≤ 1", "measured": "2", "met": False},
    ]
    page = results_page({"growth": {"targets": targets}})
    assert "1 of 2 are met." in page
    assert page.index("| b | ≤ 1 | 2 | **not met** |") < page.index("| a | ≤ 1 | 0.5 | met |")


def test_a_part_without_tables_of_its_own_is_shown_number_by_number() -> None:
    part = {"rounds": 3, "load_average": 0.5, "lists": {"of 10|6": {"ms": 1.234, "is_flat": True}}}
    page = results_page({"growth": {**part, "seconds": [1, 2]}})
    assert "## Growth" in page
    assert "Measured in 3 rounds, load average 0.5." in page
    assert "| lists / of 10/6 / ms | 1.23 |" in page
    assert "| lists / of 10/6 / is_flat | yes |" in page
    assert "| seconds | 2 values |" in page
