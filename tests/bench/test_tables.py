"""Numbers are written with three digits that count."""

import pytest

from bench.tables import number, table


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (4.5678, "4.57"),
        (45.678, "45.7"),
        (5.0, "5"),
        (0.0400, "0.04"),
        (100.0, "100"),
        (456.78, "457"),
        (1_234.5, "1,230"),
        (12_345_678, "12,300,000"),
    ],
)
def test_a_number_has_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_table_has_a_head_and_rows() -> None:
    assert table(["a", "b"], [["x", "1"]]) == "| a | b |\n| --- | ---: |\n| x | 1 |"
