import pytest

from images.renditions import CorruptImageError, DimensionsExceededError, Limits


def test_the_bounds_are_inclusive() -> None:
    limits = Limits(max_side=100, max_memory=5_000_000)
    limits.check_dimensions(100, 1)
    limits.check_memory(5_000_000)
    with pytest.raises(DimensionsExceededError, match="101 x 1 pixels; a side may have 100"):
        limits.check_dimensions(101, 1)
    with pytest.raises(DimensionsExceededError, match=r"needs 6 MB .* the limit is 5 MB"):
        limits.check_memory(5_000_001)


@pytest.mark.parametrize("size", [(0, 1), (1, 0), (-1, 4)])
def test_a_picture_has_pixels(size: tuple[int, int]) -> None:
    with pytest.raises(CorruptImageError):
        Limits().check_dimensions(*size)
