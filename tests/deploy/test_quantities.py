"""Requests are added up as the scheduler does it."""

import pytest

from deploy.k8s.tools.quantities import Request, number, of_container, of_pod


@pytest.mark.parametrize(
    ("quantity", "value"), [("250m", 0.25), ("2", 2), ("1Gi", 2**30), ("1.5G", 1.5e9)]
)
def test_a_quantity_is_a_number(quantity: str, value: float) -> None:
    assert number(quantity) == value


def test_what_is_no_quantity_is_refused() -> None:
    with pytest.raises(ValueError, match="no quantity: 1 Gi"):
        number("1 Gi")


def _container(cpu: str, memory: str, **more: str) -> dict[str, object]:
    return {"resources": {"requests": {"cpu": cpu, "memory": memory}}, **more}


def test_a_container_without_requests_asks_for_nothing() -> None:
    assert of_container({}) == Request(0, 0)
    assert of_container(_container("1", "1Mi"), "limits") == Request(0, 0)


def test_a_pod_holds_its_largest_step() -> None:
    """Steps run one after the other, each beside the sidecars that were started before it."""
    running = [_container("100m", "64Mi"), _container("10m", "16Mi")]
    assert of_pod({"containers": running}) == Request(110, 80)
    sidecar = _container("5m", "8Mi", restartPolicy="Always")
    steps = [sidecar, _container("300m", "16Mi")]
    assert of_pod({"initContainers": steps, "containers": running}) == Request(305, 88)


def test_a_request_fits_where_both_of_it_do() -> None:
    assert Request(1, 2).fits(Request(1, 2))
    assert not Request(2, 1).fits(Request(1, 2))
    assert not Request(1, 3).fits(Request(1, 2))
