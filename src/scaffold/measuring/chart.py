"""The figures as a picture: SVG that is text and rectangles, light or dark as its reader has it.

Written by hand: what draws charts (matplotlib, pygal, Altair) draws letters as paths, brings scripts, or cannot
follow the reader's colours, and all of them weigh more than this program.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from scaffold.measuring import words

_WIDTH = 800
_PANEL = 392
_LABEL, _BAR = 128, 136
_ROW, _THICK = 34, 12
_TOP, _HEAD, _GAP = 92, 50, 16
_STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1f2328 }
.title { font-size: 18px; font-weight: 600 }
.name { font-size: 13px; font-weight: 600 }
.shown { font-size: 11px }
.note { fill: #57606a }
.ground { fill: #ffffff }
.line { stroke: #d0d7de }
.fastapi { fill: #0f766e }
.django { fill: #b45309 }
.flask { fill: #4f46e5 }
.many { opacity: 0.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.note { fill: #9198a1 }
.ground { fill: #0d1117 }
.line { stroke: #3d444d }
.fastapi { fill: #2dd4bf }
.django { fill: #fbbf24 }
.flask { fill: #a5b4fc }
}
"""


class _Bar(NamedTuple):
    value: float
    shown: str
    is_second: bool = False


class _Panel(NamedTuple):
    """A group of bars on one scale: for each service a few of them."""

    name: str
    note: str
    bars: Sequence[Sequence[_Bar]]

    @property
    def height(self) -> int:
        return _HEAD + _ROW * len(self.bars)

    @property
    def largest(self) -> float:
        return max((bar.value for bars in self.bars for bar in bars), default=0) or 1


def picture(seen: Mapping[str, Any]) -> str:
    """Return the picture."""
    panels = list(_panels(seen))
    tall = panels[0].height + _GAP
    height = _TOP + tall * ((len(panels) + 1) // 2)
    box = f'viewBox="0 0 {_WIDTH} {height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(words.TITLE)}</title>',
        f'<desc id="description">{escape(_described(seen))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="8"/>',
        _text(16, 30, words.TITLE, "title"),
        *_heads(seen),
    ]
    for number, panel in enumerate(panels):
        left = 16 + (number % 2) * _PANEL
        lines += _drawn(panel, seen["services"], left, _TOP + number // 2 * tall)
    return "\n".join([*lines, "</svg>", ""])


def _panels(seen: Mapping[str, Any]) -> Iterator[_Panel]:
    levels = words.levels(seen)
    services = seen["services"]
    for call, means in words.CALLS.items():
        bars = [
            [_rate(words.load(each, call, level), level != levels[0]) for level in levels]
            for each in services
        ]
        yield _Panel(f"{call}, requests a second", means, bars)
    memory = [
        [_Bar(each["memory_mib"], f"{words.number(each['memory_mib'])} MiB")] for each in services
    ]
    yield _Panel("memory", "of a worker, after these loads", memory)
    if all(each["held"] for each in services):
        held = [[_Bar(each["held"]["connections"], words.held(each))] for each in services]
        yield _Panel("connections held", "with 99 of 100 answers within a second", held)


def _rate(load: Mapping[str, Any], is_second: bool) -> _Bar:
    return _Bar(load["requests_per_second"], words.rate(load), is_second)


def _heads(seen: Mapping[str, Any]) -> Iterator[str]:
    machine = seen["machine"]
    first, *others = words.levels(seen)
    where = f"{machine['cpu']}, {words.database(seen)}, {seen['date']}"
    yield _text(16, 50, where, "note")
    yield '<rect class="fastapi" x="16" y="63" width="10" height="10"/>'
    yield _text(32, 72, f"{first} connections", "note")
    if others:
        yield '<rect class="fastapi many" x="136" y="63" width="10" height="10"/>'
        yield _text(152, 72, f"{others[0]} connections", "note")
    yield _text(16 + _PANEL, 72, words.sides(seen), "note")


def _drawn(
    panel: _Panel, services: Sequence[Mapping[str, Any]], left: int, top: int
) -> Iterator[str]:
    yield f'<line class="line" x1="{left}" x2="{left + _PANEL - 16}" y1="{top}" y2="{top}"/>'
    yield _text(left, top + 20, panel.name, "name")
    yield _text(left, top + 36, panel.note, "note")
    for row, (service, bars) in enumerate(zip(services, panel.bars, strict=True)):
        base = top + _HEAD + row * _ROW
        middle = base + len(bars) * (_THICK + 2) // 2
        yield _text(left, middle + 4, service["name"])
        for number, bar in enumerate(bars):
            y = base + number * (_THICK + 2)
            width = max(1, round(_BAR * bar.value / panel.largest))
            kind = f"{service['framework']} many" if bar.is_second else service["framework"]
            yield (
                f'<rect class="{kind}" x="{left + _LABEL}" y="{y}" '
                f'width="{width}" height="{_THICK}" rx="1"/>'
            )
            yield _text(left + _LABEL + width + 6, y + 10, bar.shown, "shown")


def _text(x: int, y: int, words_: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{escape(words_)}</text>'


def _described(seen: Mapping[str, Any]) -> str:
    """Return the figures as a sentence for each service, for those who do not see them."""
    first = words.levels(seen)[0]
    said = []
    for service in seen["services"]:
        rates = ", ".join(
            f"{call} {words.number(words.load(service, call, first)['requests_per_second'])}"
            for call in words.CALLS
        )
        said.append(f"{service['name']}: requests a second on {first} connections: {rates}.")
    return " ".join(said)
