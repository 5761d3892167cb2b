"""A file is read in a sitting, and a function at a glance."""

from statistics import median

from tests.house.sources import ROOT, functions, modules

LINES_OF_A_FILE = 300
LINES_OF_A_FUNCTION = 10


def test_a_file_is_read_in_a_sitting() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > LINES_OF_A_FILE} == {}


def test_half_of_all_functions_fit_into_a_few_lines() -> None:
    lengths = [
        (function.end_lineno or 0) - function.lineno + 1
        for path in modules()
        for function in functions(path)
    ]
    assert median(lengths) <= LINES_OF_A_FUNCTION
