"""The page: whole in itself, the same for the same log, and careful with what people write into a log."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from deploy.backtest.page.drawing import steps
from tests.deploy.backtest.logs import run, shop, written

EMPTY = {"meta", "line", "rect", "circle", "polyline"}


class Page(HTMLParser):
    """Every element is closed, none of them fetches anything; what it says, and the pictures it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []
        self.pictures: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert tag not in ("script", "link", "img", "iframe"), tag
        assert not {"src", "href", "onclick"} & named.keys(), named
        if tag == "svg":
            self.pictures.append(named["aria-label"] or "")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def page(path: Path, *options: str) -> tuple[Page, str]:
    html = path.with_suffix(".html")
    run(path, "--html", str(html), *options)
    text = html.read_text()
    read = Page(text)
    assert read.open == []
    return read, text


def test_it_shows_what_the_alerts_were_worth(tmp_path: Path) -> None:
    read, text = page(written(tmp_path / "orders.csv", shop()), "--label", "no purchase in 8 weeks")
    for picture in ("Alerts by week", "How soon those who stayed away were told of", "Down the list",
                    "Sooner, or more often right", "Right and wrong by first reason"):  # fmt: skip
        assert picture in read.pictures
    assert "prefers-color-scheme: dark" in text
    assert any(said.startswith("Of ten alerts") for said in read.said)
    assert page(tmp_path / "orders.csv", "--label", "no purchase in 8 weeks")[1] == text


def test_names_are_text(tmp_path: Path) -> None:
    rows = [row.replace("c0", "<b>&c0") for row in shop()]
    read, text = page(written(tmp_path / "orders.csv", rows))
    assert "<b>&c0" not in text
    assert any("<b>&c0" in said for said in read.said)


def test_a_log_that_is_too_small_says_so(tmp_path: Path) -> None:
    read, _ = page(written(tmp_path / "orders.csv", shop(30)))
    said = " ".join(read.said)
    assert "too short or too small to judge" in said
    assert "It has 30 customers; it takes 100 customers." in said
    assert "Of ten alerts" not in said


def test_an_older_policy_stands_beside_the_new_one(tmp_path: Path) -> None:
    path = written(tmp_path / "orders.csv", shop())
    eager = ['rule = "unusual_gap"', "[settings]", "seldom = [9.0, 0.5, 0.1]"]
    policy = written(tmp_path / "eager.toml", eager)
    _, told = run(path, "--rule", "unusual_gap", "--against", str(policy))
    two = told["against"]
    assert two["new"]["raised"] == len(told["alerts"])
    assert two["old"]["raised"] == two["same"] + two["sooner"] + two["later"] + two["only_old"]
    assert two["new"]["raised"] == two["same"] + two["sooner"] + two["later"] + two["only_new"]
    assert len(two["customers"]) == sum(two[key] for key in ("sooner", "later", "only_old", "only_new")) > 0
    assert all(row["old"] != row["new"] for row in two["customers"])
    told_anew = two["on_adoption"]["Raised"]
    assert told_anew >= two["only_new"]
    read, _ = page(path, "--rule", "unusual_gap", "--against", str(policy))
    assert f"Beside {policy}" in read.said


@pytest.mark.parametrize(
    ("top", "lines"), [(7, [0, 2, 4, 6]), (1, [0, 0.5, 1]), (0, [0]), (240, [0, 100, 200])]
)
def test_lines_of_the_grid_are_round(top: float, lines: list[float]) -> None:
    assert steps(top) == lines
