"""Free ports on the loopback."""

import random
import socket
from collections.abc import Mapping, Sequence

HOST = "127.0.0.1"
# Below the range that kernels hand out for outgoing connections, so that none of those takes ours meanwhile.
RANGE = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def is_listening(port: int, host: str = HOST, timeout: float = 1.0) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError:
        return False
    return True


def free_port(taken: Sequence[int] = ()) -> int:
    """A port nobody listens on, other than those taken; OSError when there is none left."""
    # Drawn at random: two houses opening at the same moment must not both pick the first free one.
    for port in random.sample(RANGE, len(RANGE)):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {RANGE.start} and {RANGE.stop}")


def settle(names: Sequence[str], wanted: Mapping[str, int]) -> dict[str, int]:
    """A port for every name: the wanted one, or a free one."""
    ports = {name: wanted[name] for name in names if name in wanted}
    for name in names:
        if name not in ports:
            ports[name] = free_port(list(ports.values()))
    return ports
