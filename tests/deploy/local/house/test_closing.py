"""One command at a time opens or closes a house; the others wait, and say so."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from deploy.errors import Trouble
from deploy.local.house import closing
from deploy.local.house.house import House
from deploy.local.house.record import FILE


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def quietly(_: str) -> None:
    return None


def test_who_waits_for_another_command_says_so(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    told: list[str] = []
    waits = Event()

    def tell(line: str) -> None:
        told.append(line)
        waits.set()

    def second() -> None:
        with closing.held(tmp_path, tell):
            told.append("its turn")

    with closing.held(tmp_path, quietly):
        waiting = pool.submit(second)
        assert waits.wait(10)
        told.append("done")
    waiting.result(10)
    assert told == [
        f"waiting for another command that is opening or closing the house at {tmp_path}", "done", "its turn",
    ]  # fmt: skip


def test_two_who_waited_for_a_house_that_was_forgotten_still_take_turns(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    """The lock that they waited for is a removed file then, and one more may have made a new one."""
    place, inside, most = tmp_path / "house", 0, 0
    waiting = [Event(), Event()]

    def one(waits: Event) -> None:
        nonlocal inside, most
        with closing.held(place, lambda _: waits.set()):
            inside += 1
            most = max(most, inside)
            Event().wait(0.2)
            inside -= 1

    with ExitStack() as first:
        first.enter_context(closing.held(place, quietly))
        found = [pool.submit(one, each) for each in waiting]
        assert all(each.wait(10) for each in waiting)
        (place / "lock").unlink()
        found.append(pool.submit(one, Event()))
    for each in found:
        each.result(10)
    assert most == 1


def test_a_house_is_not_forgotten_while_another_command_opens_it(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    (tmp_path / FILE).touch()
    with closing.held(tmp_path, quietly):
        forgetting = pool.submit(closing.forget, tmp_path)
        with pytest.raises(TimeoutError):
            forgetting.result(0.5)
        assert (tmp_path / FILE).exists()
    forgetting.result(10)
    assert not tmp_path.exists()


def test_nothing_of_a_half_written_record_is_left(tmp_path: Path) -> None:
    (tmp_path / f".{FILE}.123.456").write_text("passwords")
    closing.forget(tmp_path)
    assert not tmp_path.exists()


def test_a_forgotten_house_is_forgotten_again_without_a_trace(tmp_path: Path) -> None:
    closing.forget(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", closing.FOLDERS)
def test_folders_of_others_are_not_taken_for_a_houses(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / name / "theirs"
    theirs.parent.mkdir()
    theirs.touch()
    for close in (closing.bring_down, closing.forget, lambda place: House.open(place, fresh=True)):
        with pytest.raises(Trouble, match=f"no house, and has a folder {name}"):
            close(tmp_path)
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == [theirs]


@pytest.mark.parametrize("server", closing.SERVERS)
def test_data_of_a_house_that_lost_its_record_are_forgotten(tmp_path: Path, server: str) -> None:
    (tmp_path / server / "data").mkdir(parents=True)
    closing.forget(tmp_path)
    assert not tmp_path.exists()
