"""Six invented businesses whose truth is known: who left, who declined, and when.

Written before any rule was tuned and kept apart from them: no rule imports this, nothing here knows a rule,
and none of it is drawn from the models that rules fit. `python -m bench.businesses` judges them.
"""
