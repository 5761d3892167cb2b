import pytest

from images.renditions.draft import DRAFT_GAP, SHARED_SIDE, draft_scale


@pytest.mark.parametrize(
    ("source", "target", "scale"),
    [
        ((4_000, 3_000), (1_600, 1_200), 1),
        ((5_600, 4_200), (1_600, 1_200), 2),  # exactly 2 x 1.75 x 1600
        ((5_599, 4_200), (1_600, 1_200), 1),
        ((12_000, 9_000), (200, 150), 4),
        ((16_383, 10), (10, 1), 4),
        ((23_000, 23_000), (16, 16), 8),
    ],
)
def test_the_scale_follows_from_source_and_target_alone(
    source: tuple[int, int], target: tuple[int, int], scale: int
) -> None:
    assert draft_scale(source, target) == scale
    assert draft_scale(source[::-1], target[::-1]) == scale


def test_small_targets_share_the_scale_of_the_largest_of_them() -> None:
    source = (int(2 * DRAFT_GAP * SHARED_SIDE), 10)
    assert {draft_scale(source, (side, 1)) for side in (1, 64, SHARED_SIDE)} == {2}
    assert draft_scale(source, (SHARED_SIDE + 1, 1)) == 1
