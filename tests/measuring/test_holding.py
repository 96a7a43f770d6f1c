"""How many connections are held is found near the true number, in few tries."""

from hypothesis import given
from hypothesis import strategies as st

from scaffold.measuring import holding


@given(limit=st.integers(0, 20_000), most=st.integers(1, 20_000))
def test_the_number_is_near_and_never_too_large(limit: int, most: int) -> None:
    tried: list[int] = []

    def holds(connections: int) -> bool:
        tried.append(connections)
        return connections <= limit

    found = holding.search(holds, most)
    assert found.connections <= limit
    assert found.is_bound == (limit >= most)
    assert found.connections == most if found.is_bound else limit <= found.connections * 1.25 + 1
    assert max(tried) <= most
    assert len(tried) <= 20
    assert len(set(tried)) == len(tried)
