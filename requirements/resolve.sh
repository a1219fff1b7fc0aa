#!/bin/sh
# Writes every lock from its .in file: `make locks`. One version for all platforms and Pythons, wheels only,
# and each larger set on the very versions of the smaller. No index address goes into a lock.
set -eu
cd "$(dirname -- "$0")"
unset PIP_FIND_LINKS UV_FIND_LINKS
resolve() {
    name=$1 && shift
    ../.venv-locks/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 \
        --fork-strategy fewest --no-build --no-header "$name.in" --output-file "$name.lock" "$@"
}
resolve run
resolve house --constraints run.lock
resolve dask --constraints house.lock
resolve dev --constraints dask.lock
resolve bench
resolve node
resolve locks
