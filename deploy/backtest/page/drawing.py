"""Axes, bars, lines and dots of a picture in SVG. Colours are classes, so that they follow the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from math import floor, log10

Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    """Of `width` by `height`; what is drawn lies from (0, 0) to (`right`, `top`), in the data's own units."""

    right: float
    top: float
    title: str
    width: float = 640.0
    height: float = 250.0
    left_room: float = 44.0
    foot: float = 34.0
    parts: list[str] = field(default_factory=list)

    def x(self, value: float) -> float:
        return self.left_room + (self.width - self.left_room - 14) * value / (self.right or 1)

    def y(self, value: float) -> float:
        return 14 + (self.height - self.foot - 14) * (1 - value / (self.top or 1))

    def rows(self, values: Iterable[tuple[float, str]]) -> None:
        """Horizontal lines of the grid with what they stand for."""
        for value, text in values:
            at = f"{self.y(value):.1f}"
            start, end = f"{self.left_room:.1f}", f"{self.width - 14:.1f}"
            self.parts.append(f'<line class="grid" x1="{start}" x2="{end}" y1="{at}" y2="{at}"/>')
            self.text((self.left_room - 6, self.y(value) + 4), text, "end")

    def columns(self, values: Iterable[tuple[float, str]]) -> None:
        """What stands below the picture."""
        for value, text in values:
            self.text((self.x(value), self.height - self.foot + 18), text)

    def below(self, text: str) -> None:
        self.text((self.width - 14, self.height - 2), text, "end")

    def text(self, at: Point, text: str, anchor: str = "middle", kind: str = "") -> None:
        """At a point of the picture itself."""
        named = f' class="{kind}"' if kind else ""
        self.parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>'
        )

    def bar(self, left: float, right: float, low: float, high: float, kind: str) -> None:
        x, width = self.x(left), max(self.x(right) - self.x(left), 0.5)
        y, height = self.y(high), self.y(low) - self.y(high)
        if height > 0:
            self.parts.append(
                f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
            )

    def line(self, points: Sequence[Point], kind: str) -> None:
        if len(points) > 1:
            path = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
            self.parts.append(f'<polyline class="line {kind}" points="{path}"/>')

    def dot(self, at: Point, kind: str, size: float = 5.0) -> None:
        self.parts.append(
            f'<circle class="{kind}" cx="{self.x(at[0]):.1f}" cy="{self.y(at[1]):.1f}" r="{size}"/>'
        )

    def whisker(self, x: float, low: float, high: float, kind: str) -> None:
        self.line([(x, low), (x, high)], kind)

    def svg(self) -> str:
        title = escape(self.title)
        return (
            f'<svg viewBox="0 0 {self.width:g} {self.height:g}" role="img" aria-label="{title}">'
            f"<title>{title}</title>{''.join(self.parts)}</svg>"
        )


def steps(top: float, about: int = 4) -> list[float]:
    """From nothing up, in ones, twos or fives."""
    if top <= 0:
        return [0.0]
    raw = top / about
    ten = 10.0 ** floor(log10(raw))
    step = next(ten * each for each in (1, 2, 5, 10) if ten * each >= raw)
    return [step * number for number in range(int(top / step) + 1)]


def shares(drawing: Drawing) -> None:
    """Lines for parts of a whole."""
    drawing.rows((part / 100, f"{part}%") for part in (0, 25, 50, 75, 100))
