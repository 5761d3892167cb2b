"""The rounds of a measurement, told by their median and their ends."""

from bench.spread import ratios, spread, words


def test_a_spread_has_the_median_and_the_ends() -> None:
    assert spread([3.0, 1.0, 2.0006]) == {"least": 1.0, "median": 2.001, "most": 3.0}


def test_ratios_are_taken_round_by_round() -> None:
    """A machine that is twice as slow in one round is so for both."""
    assert ratios([1.0, 2.0, 1.0], [2.0, 4.0, 2.0]) == {"least": 0.5, "median": 0.5, "most": 0.5}


def test_the_ends_are_written_where_they_differ() -> None:
    assert words({"least": 0.61, "median": 0.65, "most": 0.7}) == "0.65 (0.61\u20130.70)"
    assert words({"least": 1200.0, "median": 1200.0, "most": 1200.0}, 0) == "1,200"
