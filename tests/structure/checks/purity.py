"""Which modules of services/ and shared/ reach a clock, a network, a disk or chance, and by which imports.

Purity is the default: only the shells named here may, and no business page leans on one of them.
`python tests/structure/checks/purity.py ROOT` writes one chain of imports a line, nothing when all is well.
"""

import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import grimp

SHELLS = (
    *("services.*.app", "services.*.views", "services.*.api"),
    *("services.insight.judging.judge", "services.insight.judging.known"),
    "services.insight.judging.boundary",
    *("shared.observe.telemetry", "shared.observe.metrics", "shared.observe.health", "shared.observe.logs"),
    *("shared.resilience", "shared.service", "shared.publish", "shared.settings", "shared.kafka"),
    *("shared.storage.postgres", "shared.storage.schema_version", "shared.storage.log_order"),
    *("shared.recorder.blocking_pool", "shared.recorder.subscription"),
    *(
        "shared.consume.consumer",
        "shared.consume.read_ahead",
        "shared.consume.poison",
        "shared.consume.rehearsal",
    ),
    *("shared.consume.assignment", "shared.consume.client", "shared.consume.writer"),
    *("shared.consume.accounting", "shared.consume.partitioner"),
)
IMPURE = {
    *(
        "asyncio",
        "asyncpg",
        "aiokafka",
        "faststream",
        "opentelemetry",
        "prometheus_client",
        "uvicorn",
        "uvloop",
    ),
    *("time", "random", "secrets", "os", "socket", "subprocess", "threading"),
}


def breaches(root: Path) -> list[str]:
    """One chain of imports per impure module under root, such as `shared.clock -> time`.

    Asked of a fresh interpreter, because this one has already imported its own `services` and `shared`.
    """
    command = [sys.executable, "-P", __file__, str(root)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.stderr:
        raise RuntimeError(f"the imports under {root} could not be read: {answer.stderr}")
    return answer.stdout.splitlines()


def is_shell(module: str) -> bool:
    return any(fnmatchcase(module, shell) or fnmatchcase(module, f"{shell}.*") for shell in SHELLS)


def chain(graph: grimp.ImportGraph, module: str) -> list[str] | None:
    """The shortest way from a pure module to something impure, if there is one.

    A mechanism of shared/ may stand beside a shell (what lies beyond it is the shell's); a page of a service
    may not, so for it the shell is already the end.
    """
    ways, seen = [[module]], {module}
    for way in ways:
        for imported in sorted(graph.find_modules_directly_imported_by(way[-1]) - seen):
            seen.add(imported)
            if imported in IMPURE or (is_shell(imported) and module.startswith("services.")):
                return [*way, imported]
            if not graph.is_module_squashed(imported) and not is_shell(imported):
                ways.append([*way, imported])
    return None


def chains(graph: grimp.ImportGraph) -> Iterator[list[str]]:
    for module in sorted(graph.modules):
        if (
            module.startswith(("services.", "shared."))
            and not is_shell(module)
            and (found := chain(graph, module))
        ):
            yield found


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    tree = grimp.build_graph(
        "services",
        "shared",
        include_external_packages=True,
        exclude_type_checking_imports=True,
        cache_dir=None,
    )
    sys.stdout.writelines(" -> ".join(each) + "\n" for each in chains(tree))
