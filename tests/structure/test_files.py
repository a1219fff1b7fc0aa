from pathlib import Path

from tests.structure.checks.addresses import addresses
from tests.structure.checks.files import own_files
from tests.structure.checks.sizes import FULL, overfull, oversizes
from tests.structure.checks.stage_names import stage_names
from tests.structure.planting import plant


def test_files_are_short(checkout: Path) -> None:
    assert oversizes(checkout) == []


def test_no_folder_holds_more_modules_than_one_looks_over(checkout: Path) -> None:
    assert overfull(checkout) == []


def test_no_stage_is_named_in_shared_outside_its_contract(checkout: Path) -> None:
    assert stage_names(checkout) == []


def test_no_file_holds_the_address_of_a_registry_or_a_path_of_one_machine(checkout: Path) -> None:
    assert addresses(checkout) == []


def test_every_decision_has_a_number_of_its_own_and_is_titled_with_it(checkout: Path) -> None:
    pages = sorted((checkout / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    assert [page.read_text().partition(".")[0] for page in pages] == [f"# {number}" for number in numbers]


def test_a_house_in_order_is_found_in_order(tmp_path: Path) -> None:
    root = plant(tmp_path)
    assert [*oversizes(root), *overfull(root), *stage_names(root), *addresses(root)] == []


def test_a_file_that_is_too_long_is_named(tmp_path: Path) -> None:
    root = plant(tmp_path, shared__clock="x = 1\n" * 200)
    assert oversizes(root) == []
    assert oversizes(plant(tmp_path, shared__clock="x = 1\n" * 201)) == [
        "shared/clock.py: 201 lines, 200 at most"
    ]


def test_files_that_are_long_on_the_whole_are_counted(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.py").write_text("x = 1\n" * 81)
    assert oversizes(tmp_path) == ["the median file has 81 lines, 80 at most"]


def test_a_folder_that_is_too_full_is_named(tmp_path: Path) -> None:
    for name in ("__init__", *range(FULL)):
        (tmp_path / f"{name}.py").touch()
    assert overfull(tmp_path) == []
    (tmp_path / "one_more.py").touch()
    assert overfull(tmp_path) == [".: 13 modules, 12 at most"]


def test_a_stage_named_in_a_mechanism_is_found_whatever_the_file(tmp_path: Path) -> None:
    root = plant(tmp_path, shared__clock="\nif topic == 'retention': ...\n")
    (root / "shared" / "schema.sql").write_text("create table Conversion_facts ();\n")
    assert stage_names(root) == ["shared/clock.py:2: retention", "shared/schema.sql:1: Conversion"]


def test_an_address_or_a_path_is_found_in_any_text_file(tmp_path: Path) -> None:
    host, home = f"pypi{'.'}org", f"{'/'}home/ann"
    (tmp_path / "a.lock").write_text(f"one\n--index https://{host}/simple\n")
    (tmp_path / "b.md").write_text(f"see `{home}/x`\n")
    (tmp_path / "c.whl").write_bytes(f"\0{host}".encode())
    assert addresses(tmp_path) == [f"a.lock:2: {host}", f"b.md:1: {home}"]


def test_what_lies_beside_the_project_is_not_its_own(tmp_path: Path) -> None:
    for name in (".venv/a.py", "var/b.py", "shared/__pycache__/c.py", ".ci/d.py", "shared/e.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [str(path.relative_to(tmp_path)) for path in own_files(tmp_path)] == [".ci/d.py", "shared/e.py"]
