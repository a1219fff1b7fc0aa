"""The live rules over the past: what they learn, week by week, and what they say."""
