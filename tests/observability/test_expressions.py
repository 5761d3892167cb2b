"""The reader of expressions sees every metric and label, so that the live tests miss none."""

import pytest

from tests.observability.expressions import asked_by_panels, asked_by_rules, named, selectors

CHOICES = ('="c",e=~"f|g"', '="d",e=~"f|g"', '=~"c|d",e="f"', '=~"c|d",e="g"')


@pytest.mark.parametrize(
    ("expr", "metrics", "grouped"),
    [
        ("up == 0", {"up": set()}, set()),
        ('sum by (role) (rate(a_total{b="c{",d!~"e"}[5m]))', {"a_total": {"b", "d"}}, {"role"}),
        ("a:b:c offset 10m or vector(0)", {"a:b:c": set()}, set()),
        ("x / on (slo) group_left () y", {"x": set(), "y": set()}, {"slo"}),
        ("histogram_quantile(0.95, sum by (le, k) (z_bucket))", {"z_bucket": set()}, {"le", "k"}),
        ("(a > 14.4 * 0.001) unless b", {"a": set(), "b": set()}, set()),
        ('m{a="1"} + m{b="2"}', {"m": {"a", "b"}}, set()),
    ],
)
def test_metrics_and_labels_are_read(
    expr: str, metrics: dict[str, set[str]], grouped: set[str]
) -> None:
    found = named(expr)
    assert {name: set(labels) for name, labels in found.metrics.items()} == metrics
    assert set(found.grouped) == grouped


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        ("up == 0", set()),
        ('rate(a{b="c}d",e!="f"}[5m])', {'a{b="c}d",e!="f"}'}),
        ('a{b=~"c|d-e",f="g"}', {'a{b="c",f="g"}', 'a{b="d-e",f="g"}'}),
        ('a{b=~"c.*"} / a{b!~"c|d"}', {'a{b=~"c.*"}', 'a{b!~"c|d"}'}),
        ('a{b=~"c|d",e=~"f|g"}', {f"a{{b{x}}}" for x in CHOICES}),
    ],
)
def test_what_is_asked_of_labels_is_read(expr: str, expected: set[str]) -> None:
    assert selectors(expr) == expected


def test_every_expression_names_something() -> None:
    nothing = [
        asked.expr
        for asked in (*asked_by_rules(), *asked_by_panels())
        if not named(asked.expr).metrics
    ]
    assert sorted(set(nothing)) == ["vector(0.001)", "vector(0.05)", "vector(1)"]
