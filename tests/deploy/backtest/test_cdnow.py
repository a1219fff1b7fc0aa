"""The sample that everybody publishes on, through the command: what is claimed of it, and beside what."""

from pathlib import Path

import orjson

from deploy.backtest.command import backtest
from deploy.evergreen import parser


def test_cdnow_is_told_of_in_time(tmp_path: Path) -> None:
    """Goals: AUC .780 of all, .732 of who had bought again (week 39, label weeks 39 to 78); stream at .65."""
    told = tmp_path / "told.json"
    words = ["backtest", "--log", "cdnow", "--rule", "silence", "--at", "1997-10-01", "--json", str(told)]
    backtest(parser(["backtest"]).parse_args([*words, "--label", "no purchase in 39 weeks"]))
    found = orjson.loads(told.read_bytes())
    silence = found["rules"]["silence"]
    ranked, lead = silence["ranking"], silence["lead"]
    assert (ranked["base"]["of"], ranked["base"]["value"]) == (2_357, 0.709801)
    assert ranked["auc"]["value"] >= 0.780
    assert ranked["auc_bought_again"]["value"] >= 0.732
    assert silence["precision"]["value"] >= 0.65
    assert lead["ours"]["recall"] >= 0.97
    assert lead["best_fixed_days"]["precision"] >= lead["ours"]["precision"]
    assert lead["days_earlier"]["median"] > 20
    assert lead["days_earlier"]["mean"] > 10
    assert lead["best_own_gaps"]["median_days"] > lead["best_fixed_days"]["median_days"]
