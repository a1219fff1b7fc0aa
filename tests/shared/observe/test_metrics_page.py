"""Every metric has its line in docs/metrics.md, and every line its metric."""

import re
from pathlib import Path

from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from shared.observe import metrics

PAGE = (Path(__file__).parents[3] / "docs" / "metrics.md").read_text()


def test_the_page_names_every_metric_as_prometheus_shows_it_and_no_other() -> None:
    known = {
        f"{metric._name}{'_total' if isinstance(metric, Counter) else ''}": metric._labelnames
        for metric in vars(metrics).values()
        if isinstance(metric, MetricWrapperBase)
    }
    rows = re.findall(r"^\| `(evergreen_\w+)(?:\{([\w,]+)\})?` ", PAGE, flags=re.MULTILINE)
    assert {name: tuple(filter(None, labels.split(","))) for name, labels in rows} == known
