"""Quix Streams with less to do than its neighbours: the customer's row alone, every delivery counted."""

from bench.peers.asked import Asked
from bench.peers.quix import main, row

if __name__ == "__main__":
    main(Asked.from_arguments(), row)
