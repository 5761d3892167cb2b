from platform_site.backup.wording import counted, duration, size


def test_amounts_are_read_as_people_say_them() -> None:
    assert [size(n) for n in (0, 999, 1_000, 12_345_678, 5 * 10**15)] == [
        "0 B", "999 B", "1.0 kB", "12.3 MB", "5000.0 TB",
    ]  # fmt: skip
    assert [duration(s) for s in (0.04, 59.94, 185)] == ["0.0 s", "59.9 s", "3 min 5 s"]
    assert [counted(n, "row") for n in (0, 1, 2_000)] == ["0 rows", "1 row", "2,000 rows"]
