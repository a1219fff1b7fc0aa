"""topics.yaml read as access lists."""

from deploy.provisioning.topics import pages
from deploy.security.rights import Right, principals, rights
from shared.contracts.topics import DEAD_LETTERS, STAGES

PAGES = [
    {"topic": "orders", "written_by": ["shop"], "read_by": ["kitchen", "waiter"]},
    {"topic": "dishes", "written_by": ["kitchen"], "read_by": ["waiter"]},
]


def test_a_page_gives_to_write_to_read_and_a_group_of_ones_own_and_nothing_else() -> None:
    assert rights(PAGES) == [
        Right("kitchen", "read", "group", "kitchen"),
        Right("kitchen", "read", "topic", "orders"),
        Right("kitchen", "write", "topic", "dishes"),
        Right("shop", "write", "topic", "orders"),
        Right("waiter", "read", "group", "waiter"),
        Right("waiter", "read", "topic", "dishes"),
        Right("waiter", "read", "topic", "orders"),
    ]
    assert principals(PAGES) == ["kitchen", "shop", "waiter"]


def test_a_service_writes_its_own_topic_and_dead_letters_and_no_other() -> None:
    for stage in STAGES:
        written = {
            right.name for right in rights(pages()) if (right.principal, right.operation) == (stage, "write")
        }
        assert written == {stage, DEAD_LETTERS}


def test_signals_come_from_outside_alone() -> None:
    outside = {right.principal for right in rights(pages()) if right.name == "signals"} - set(STAGES)
    assert outside == {"publisher", "ticker"}
