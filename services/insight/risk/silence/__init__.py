"""How likely a silence is to last, learnt from the business's own log, time-forward. Pure."""
