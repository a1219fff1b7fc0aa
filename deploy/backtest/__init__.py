"""A backtest from the command line: a log is read, rules walk over it, and what they were worth is shown."""
