"""Events in any order, one by one, to a history: sorted, and each taken once."""

from array import array
from datetime import datetime

import numpy as np

from services.insight.backtest.log.history import PAID, History, Ints, micros, word_and_number
from shared.contracts.event import Event


class Gathering:
    """What was read so far: about forty bytes a row."""

    def __init__(self) -> None:
        self.doubles = 0
        """Events told more than once; known when the history is made."""
        self._customers: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._whose, self._texts = array("i"), array("i")
        self._times, self._numbers = array("q"), array("q")
        self._kinds = array("b")
        self._keys = array("Q")
        self._names: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._times)

    def bought(self, customer: str, time: datetime, amount: int, currency: str) -> None:
        """A purchase in a file whose rows have no names: each row counts."""
        self._add(customer, time, PAID, currency, amount)

    def hear(self, event: Event) -> bool:
        """Whether any rule hears such an event. The same source and id are the same event."""
        if (kept := word_and_number(event.data)) is None or not event.subject:
            return False
        self._add(event.subject, event.time, *kept)
        self._keys.frombytes(event.identity[:16])
        self._names.append((event.source, event.id))
        return True

    def _add(self, customer: str, time: datetime, kind: int, word: str, number: int) -> None:
        self._whose.append(self._customers.setdefault(customer, len(self._customers)))
        self._times.append(micros(time))
        self._kinds.append(kind)
        self._texts.append(self._words.setdefault(word, len(self._words)))
        self._numbers.append(number)

    def history(self) -> History:
        """Everything, in order of customer and time; of the same time in order of source and id."""
        names = sorted(self._customers)
        rank = np.zeros(len(names), dtype=np.int64)
        rank[[self._customers[name] for name in names]] = np.arange(len(names))
        whose = rank[np.array(self._whose, dtype=np.int64)] if names else np.zeros(0, dtype=np.int64)
        order = self._order(whose)
        sizes = np.bincount(whose[order], minlength=len(names))
        return History(
            tuple(names), np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
            np.array(self._times, dtype=np.int64)[order], np.array(self._kinds, dtype=np.int8)[order],
            np.array(self._texts, dtype=np.int32)[order], np.array(self._numbers, dtype=np.int64)[order],
            tuple(self._words),
        )  # fmt: skip

    def _order(self, whose: Ints) -> Ints:
        times = np.array(self._times, dtype=np.int64)
        if not self._names:
            return np.lexsort((np.array(self._numbers, dtype=np.int64), times, whose))
        rows = self._first_of_each(whose)
        self.doubles = len(times) - len(rows)
        order = rows[np.lexsort((times[rows], whose[rows]))]
        self._break_ties(order, times, whose)
        return order

    def _first_of_each(self, whose: Ints) -> Ints:
        """The first row in the file of every event of one customer."""
        keys = np.array(self._keys, dtype=np.uint64).reshape(-1, 2)
        order = np.lexsort((np.arange(len(whose)), keys[:, 1], keys[:, 0], whose))
        same = (np.diff(keys[order], axis=0) == 0).all(axis=1) & (np.diff(whose[order]) == 0)
        return np.sort(order[np.concatenate(([True], ~same))])

    def _break_ties(self, order: Ints, times: Ints, whose: Ints) -> None:
        tied = (np.diff(times[order]) == 0) & (np.diff(whose[order]) == 0)
        place, n = 0, len(order)
        for at in np.flatnonzero(tied):
            if at < place:
                continue
            end = int(at) + 1
            while end < n - 1 and tied[end]:
                end += 1
            order[at : end + 1] = sorted(order[at : end + 1], key=lambda row: self._names[row])
            place = end + 1
