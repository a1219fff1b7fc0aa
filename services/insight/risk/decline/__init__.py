"""Whether use is about to fall below half of the habit, learnt from the business's own log, time-forward.
Pure."""
