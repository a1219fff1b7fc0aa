"""`docker compose up` is the same house: checked by reading its files, where no Docker runs."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.commands.house.provision import roles
from deploy.evergreen import parser
from deploy.local.house.record import ServiceRecord
from deploy.local.house.services import wanted_service
from deploy.places import ROOT
from deploy.provisioning import topics
from shared.contracts.topics import STAGES, TOPICS
from shared.settings import read_settings

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
COLLECTOR = yaml.safe_load((ROOT / "deploy" / "otel-collector.yaml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
KNOWN_KEYS = {
    *("build", "image", "command", "environment", "ports", "volumes", "depends_on", "healthcheck", "restart"),
    *("read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"),
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def filled(text: object, environment: dict[str, str] | None = None) -> str:
    """`${NAME:-default}` as compose fills it in."""
    given = environment or {}
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: given.get(found[1]) or found[2], str(text))


def environment(name: str) -> dict[str, str]:
    return {key: filled(value) for key, value in CONTAINERS[name]["environment"].items()}


def needs(name: str) -> dict[str, str]:
    wanted = CONTAINERS[name].get("depends_on", {})
    if isinstance(wanted, list):
        return dict.fromkeys(wanted, "service_started")
    return {other: needed["condition"] for other, needed in wanted.items()}


def test_the_file_holds_only_what_compose_knows() -> None:
    top = {key for key in COMPOSE if not key.startswith("x-")}
    assert top == {"name", "services", "volumes"}
    for name, container in CONTAINERS.items():
        assert set(container) <= KNOWN_KEYS, name
        assert "image" in container, name


def test_every_folder_of_a_service_has_a_stanza_that_runs_it() -> None:
    folders = {path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists()}
    assert folders == set(STAGES)
    for name in folders:
        assert CONTAINERS[name]["command"] == [f"services.{name}.app"]


@pytest.mark.parametrize("name", STAGES)
def test_a_service_has_the_settings_that_the_local_house_gives_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in [key for key in os.environ if key.startswith("EVERGREEN_")]:
        monkeypatch.delenv(key)
    url = "postgresql://x:y@127.0.0.1:5432/x"
    record = ServiceRecord(url, url, "http://127.0.0.1:8101/readyz", "http://127.0.0.1:8101/metrics", "log")
    local = wanted_service(name, record, 1, "127.0.0.1:9092").prepare().env
    ours = {key for key in environment(name) if not key.startswith("OTEL_")}
    given = {key for key in local if key.startswith("EVERGREEN_")}
    # In containers nobody numbers the processes of a service, and an image is its own release.
    given -= {"EVERGREEN_INSTANCE", "EVERGREEN_RELEASE"}
    assert ours == given == {"EVERGREEN_KAFKA", "EVERGREEN_DATABASE", "EVERGREEN_HTTP"}


@pytest.mark.parametrize("name", STAGES)
def test_a_service_reads_its_settings_and_finds_its_neighbours(name: str) -> None:
    settings = read_settings(name, environment(name))
    database = urlsplit(settings.database)
    assert settings.kafka == environment("provision")["EVERGREEN_KAFKA"] == "kafka:9092"
    assert (database.username, database.path, database.hostname) == (name, f"/{name}", "postgres")
    assert settings.http.rpartition(":")[2] == CONTAINERS[name]["ports"][0].rpartition(":")[2]
    assert environment(name)["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://otel-collector:4318"


@pytest.mark.parametrize(
    "secret", [{}, {f"{role.upper()}_PASSWORD": f"secret-of-{role}" for role in roles()}]
)
def test_provision_gives_each_role_the_password_its_service_comes_with(secret: dict[str, str]) -> None:
    given = {key: filled(value, secret) for key, value in CONTAINERS["provision"]["environment"].items()}
    assert {key for key in given if "PASSWORD" in key} == {f"EVERGREEN_PASSWORD_{r.upper()}" for r in roles()}
    for name in STAGES:
        database = filled(CONTAINERS[name]["environment"]["EVERGREEN_DATABASE"], secret)
        assert urlsplit(database).password == given[f"EVERGREEN_PASSWORD_{name.upper()}"]
        if secret:
            assert urlsplit(database).password == f"secret-of-{name}"


def test_provision_reaches_postgres_as_the_administrator_it_is_started_with() -> None:
    secret = {"POSTGRES_PASSWORD": "hidden"}
    admin = urlsplit(filled(CONTAINERS["provision"]["environment"]["EVERGREEN_POSTGRES_ADMIN"], secret))
    assert (
        admin.password
        == filled(CONTAINERS["postgres"]["environment"]["POSTGRES_PASSWORD"], secret)
        == "hidden"
    )
    assert (admin.username, admin.hostname) == ("postgres", "postgres")


def test_topics_come_from_their_pages_alone() -> None:
    command = CONTAINERS["provision"]["command"]
    assert command[0] == "deploy.evergreen"
    assert parser(command[1:]).parse_args(command[1:]).command == "provision"
    assert {topic.name for topic in topics.topics()} == set(TOPICS)
    assert topics.PAGES == ROOT / "deploy" / "provisioning" / "topics.yaml"
    assert CONTAINERS["kafka"]["environment"]["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


@pytest.mark.parametrize("name", STAGES)
def test_a_service_is_checked_on_readiness_and_restarted_and_may_do_little(name: str) -> None:
    container = CONTAINERS[name]
    port = environment(name)["EVERGREEN_HTTP"].rpartition(":")[2]
    assert f"http://127.0.0.1:{port}/readyz" in container["healthcheck"]["test"][-1]
    assert container["restart"] == "unless-stopped"
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert int(container["stop_grace_period"].removesuffix("s")) > 10
    assert needs(name) == {"provision": "service_completed_successfully"}


def test_provision_waits_for_healthy_servers_and_tries_again() -> None:
    assert needs("provision") == {"kafka": "service_healthy", "postgres": "service_healthy"}
    assert CONTAINERS["provision"]["restart"].startswith("on-failure")
    for name, container in CONTAINERS.items():
        for other, condition in needs(name).items():
            assert condition in CONDITIONS
            assert condition != "service_healthy" or "test" in CONTAINERS[other]["healthcheck"]
        assert name == "provision" or container["restart"] == "unless-stopped"


def test_images_are_pinned() -> None:
    for container in CONTAINERS.values():
        assert "build" in container or re.search(r":\d+(\.\d+)*$", container["image"])
    assert CONTAINERS["kafka"]["image"].startswith("apache/kafka:4.")
    assert CONTAINERS["postgres"]["image"] == "postgres:18"


def test_what_is_mounted_is_there() -> None:
    for container in CONTAINERS.values():
        for volume in container.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).is_file() if source.startswith("./") else source in COMPOSE["volumes"]


def test_kafka_listens_where_it_says_and_where_the_services_look() -> None:
    kafka = CONTAINERS["kafka"]["environment"]
    advertised = dict(each.split("://") for each in kafka["KAFKA_ADVERTISED_LISTENERS"].split(","))
    listening = dict(each.split("://") for each in kafka["KAFKA_LISTENERS"].split(","))
    protocols = dict(each.split(":") for each in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(listening) == set(protocols) == {*advertised, kafka["KAFKA_CONTROLLER_LISTENER_NAMES"]}
    assert advertised["INSIDE"] == "kafka:9092"
    assert advertised["OUTSIDE"] == "localhost:29092"
    assert all(advertised[name].endswith(listening[name]) for name in advertised)


def test_the_collector_takes_traces_and_asks_every_service_for_its_metrics() -> None:
    (job,) = COLLECTOR["receivers"]["prometheus"]["config"]["scrape_configs"]
    (found,) = job["dns_sd_configs"]
    assert (found["names"], found["type"], found["port"]) == (list(STAGES), "A", 8100)
    assert COLLECTOR["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(":4318")
    assert COLLECTOR["exporters"]["otlp/jaeger"]["endpoint"].split(":")[0] in CONTAINERS
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        for kind in ("receivers", "processors", "exporters"):
            assert set(pipeline[kind]) <= set(COLLECTOR[kind])


def test_the_image_holds_locked_packages_what_is_copied_exists_and_nobody_is_root() -> None:
    lines = (ROOT / "deploy" / "service.Dockerfile").read_text()
    sent = (ROOT / ".dockerignore").read_text()
    for source in re.findall(r"^COPY (?!--from)(\S+) ", lines, flags=re.MULTILINE):
        assert (ROOT / Path(source)).exists()
        assert f"!{source}\n" in sent
    assert "FROM python:3.11-slim" in lines
    assert "--require-hashes" in lines
    assert re.search(r"^USER [1-9]\d*", lines, flags=re.MULTILINE)
