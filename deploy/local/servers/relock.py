"""Writes jars.lock anew for another version of Kafka: python -m deploy.local.servers.relock 4.3.1"""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

from deploy.local.servers.jars import LOCK, Jar

HEADER = """\
# Apache Kafka and what it stands on, each published jar pinned: group:artifact:version:sha256.
# Written by: python -m deploy.local.servers.relock VERSION
"""
NEEDED = (None, "compile", "runtime")


def resolve(version: str, staging: Path) -> list[Jar]:
    """Kafka's broker with all it needs at run time, and the bridge that takes its log lines to log4j."""
    from jgo.maven import MavenContext

    maven = MavenContext(repo_cache=staging, local_repos=[], timeout=60)
    # Without kafka-clients named beside it the resolver mixes in an older one.
    wanted = [
        maven.create_dependency(f"org.apache.kafka:{name}:{version}")
        for name in ("kafka_2.13", "kafka-clients")
    ]
    inputs, others = maven.resolver.resolve(wanted)
    found = [dep for dep in (*inputs, *others) if dep.scope in NEEDED]
    log4j = next(dep.version for dep in found if dep.artifactId == "log4j-core")
    # Resolved by itself, because in one resolution its own requirements shift the versions of the others.
    coordinates = {(dep.groupId, dep.artifactId, dep.version) for dep in found}
    coordinates.add(("org.apache.logging.log4j", "log4j-slf4j-impl", log4j))
    return [pin(maven, *each) for each in sorted(coordinates)]


def pin(maven: Any, group: str, artifact: str, version: str) -> Jar:
    """The jar with the sha256 of what is published under these coordinates today."""
    path = maven.project(group, artifact).at_version(version).artifact().resolve()
    return Jar(group, artifact, version, hashlib.sha256(Path(path).read_bytes()).hexdigest())


def main(version: str) -> None:
    """Resolve, download, pin and write."""
    with tempfile.TemporaryDirectory() as staging:
        jars = resolve(version, Path(staging))
    LOCK.write_text(HEADER + "".join(f"{jar}:{jar.sha256}\n" for jar in jars))


if __name__ == "__main__":
    main(sys.argv[1])
