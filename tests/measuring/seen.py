"""Figures of a run that never was."""

from typing import Any

from hypothesis import strategies as st

CALLS = ("live", "me", "list", "create")
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
NUMBERS = st.floats(0, 1e6)


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    """What a run may have come to."""
    levels = draw(st.sampled_from([[32], [32, 512]]))
    tried = draw(st.booleans())
    return {
        "busy": draw(st.floats(0, 1)),
        "scaffold": "0.5.0",
        "date": "2026-11-27",
        "machine": {"cpu": draw(NAMES), "cores": 2, "memory_gib": 23.5, "system": draw(NAMES)},
        "effort": {"rounds": 3, "seconds": 3, "most": 4096 if tried else 0},
        "pinned": draw(st.booleans()),
        "services": [
            {
                "framework": framework,
                "server": "granian",
                "name": draw(NAMES),
                "versions": {"python": "3.13.0", "sqlite": "3.50.0", framework: "1.0"},
                "memory_mib": draw(NUMBERS),
                "held": {"connections": draw(st.integers(0, 4096)), "is_bound": draw(st.booleans())}
                if tried
                else None,
                "loads": [
                    {
                        "call": call,
                        "connections": level,
                        "requests_per_second": draw(NUMBERS),
                        "median_ms": draw(NUMBERS),
                        "p99_ms": draw(NUMBERS),
                        "failed": draw(st.floats(0, 1)),
                        "cpu_microseconds": 200,
                    }
                    for level in levels
                    for call in CALLS
                ],
            }
            for framework in ("fastapi", "django", "flask")
        ],
    }
