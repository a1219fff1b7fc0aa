"""evergreen backtest: would it have told in time? On a log of your own, with no house running."""

import argparse

HELP = "say what the alerts would have been worth on your log: would it have told you in time?"
EXAMPLE = "evergreen backtest --log orders.csv --currency EUR --html backtest.html"
DONE, ROWS_REFUSED = 0, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the log, how to read it, what to judge it by, and where to write."""
    from deploy.backtest.options import add_backtest_options
    from deploy.playing.options import add_csv_options

    add_backtest_options(parser)
    add_csv_options(parser)
    parser.set_defaults(timezone=None)


def run(arguments: argparse.Namespace) -> int:
    """0 when all was read, 3 when some rows were refused. Trouble when there is nothing to judge."""
    from deploy.backtest.command import backtest

    return ROWS_REFUSED if backtest(arguments) else DONE
