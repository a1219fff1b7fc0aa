"""topics.yaml read as access lists."""

from deploy.provisioning.topics import pages
from deploy.security.rights import Right, principals, rights
from shared.contracts.topics import DEAD_LETTERS, STAGES

PAGES = [
    {"topic": "orders", "written_by": ["shop"], "read_by": ["packing", "van"]},
    {"topic": "boxes", "written_by": ["packing"], "read_by": ["van"]},
]


def test_a_page_gives_to_write_to_read_and_a_group_of_ones_own_and_nothing_else() -> None:
    assert rights(PAGES) == [
        Right("packing", "read", "group", "packing"),
        Right("packing", "read", "topic", "orders"),
        Right("packing", "write", "topic", "boxes"),
        Right("shop", "write", "topic", "orders"),
        Right("van", "read", "group", "van"),
        Right("van", "read", "topic", "boxes"),
        Right("van", "read", "topic", "orders"),
    ]
    assert principals(PAGES) == ["packing", "shop", "van"]


def test_a_service_writes_its_own_topic_and_dead_letters_and_no_other() -> None:
    for stage in STAGES:
        written = {
            right.name for right in rights(pages()) if (right.principal, right.operation) == (stage, "write")
        }
        assert written == {stage, DEAD_LETTERS}


def test_signals_come_from_outside_alone() -> None:
    outside = {right.principal for right in rights(pages()) if right.name == "signals"} - set(STAGES)
    assert outside == {"publisher", "ticker"}
