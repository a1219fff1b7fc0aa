"""What a service reads before it starts."""

from pathlib import Path

import pytest

from shared.kafka import WrongAddress
from shared.settings import MissingSetting, read_settings

KAFKA = {"EVERGREEN_KAFKA": "127.0.0.1:9092"}
URL = "postgresql://reminders:hush@db/reminders"


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"{URL}\n")
    settings = read_settings("reminders", {**KAFKA, "EVERGREEN_DATABASE_FILE": str(tmp_path / "url")})
    assert settings.database == URL


def test_a_password_is_not_shown() -> None:
    settings = read_settings("reminders", {**KAFKA, "EVERGREEN_DATABASE": URL})
    assert "127.0.0.1:9092" in repr(settings)
    assert "hush" not in repr(settings)


def test_two_answers_to_one_question_are_refused(tmp_path: Path) -> None:
    both = {**KAFKA, "EVERGREEN_DATABASE": URL, "EVERGREEN_DATABASE_FILE": str(tmp_path)}
    with pytest.raises(MissingSetting, match="EVERGREEN_DATABASE and EVERGREEN_DATABASE_FILE are both set"):
        read_settings("reminders", both)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match="EVERGREEN_DATABASE is not set"):
        read_settings("reminders", KAFKA)
    with pytest.raises(MissingSetting, match=r"EVERGREEN_DATABASE_FILE=\S+/none can't be read: No such file"):
        read_settings("reminders", {**KAFKA, "EVERGREEN_DATABASE_FILE": str(tmp_path / "none")})


def test_an_address_that_leads_nowhere_stops_a_service_before_it_starts() -> None:
    with pytest.raises(WrongAddress, match="holds no password"):
        read_settings("reminders", {"EVERGREEN_KAFKA": "sasl_ssl://a:b@c:1", "EVERGREEN_DATABASE": URL})
