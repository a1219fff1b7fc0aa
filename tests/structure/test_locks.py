from pathlib import Path

from tests.structure.checks.locks import disagreements

HASHED = " \\\n    --hash=sha256:00\n"


def test_the_locks_agree_and_hold_a_hash_for_everything(checkout: Path) -> None:
    assert disagreements(checkout / "requirements") == []


def test_a_larger_set_on_another_version_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text(f"orjson==3.13.0{HASHED}numpy==2.4.6{HASHED}")
    (tmp_path / "house.lock").write_text(f"orjson==3.13.1{HASHED}")
    assert disagreements(tmp_path) == [
        "house.lock: orjson is 3.13.1, run.lock has 3.13.0",
        "house.lock: numpy is None, run.lock has 2.4.6",
    ]


def test_a_pin_without_a_hash_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.lock").write_text(f"orjson==3.13.0\nnumpy==2.4.6{HASHED}")
    assert disagreements(tmp_path) == ["run.lock: orjson has no hash"]
