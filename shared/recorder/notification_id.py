"""One integer for a place in the log: 63 bits, growing in commit order, with gaps.

The log's order is (xid, position). A position alone is not: a transaction that commits late would bring ids
below those that were already read. Both together need 127 bits, and views keep the id in 64. So the id is the
transaction's number and the fact's rank within that transaction: what is settled never changes it.
"""

RANK_BITS = 20
"""A million facts in one transaction; that leaves 43 bits, eight million million transactions."""
RANKS = 1 << RANK_BITS
HIGHEST = (1 << 63) - 1


def notification_id(xid: int, rank: int) -> int:
    """The id of a transaction's fact, counted from 0. Errors: `OverflowError` beyond these bits."""
    if rank >= RANKS:
        raise OverflowError(f"transaction {xid} has more than {RANKS} facts: followers can't number them")
    if (numbered := xid << RANK_BITS | rank) > HIGHEST:
        raise OverflowError(f"transaction {xid} is beyond {HIGHEST >> RANK_BITS}: followers can't number it")
    return numbered


def place(id: int) -> tuple[int, int]:
    """Transaction and rank; of any integer, so that 0 and what follows an id are places too."""
    return id >> RANK_BITS, id & (RANKS - 1)


def last_of_its_transaction(id: int) -> int:
    """No fact of this transaction comes after it."""
    return id | (RANKS - 1)
