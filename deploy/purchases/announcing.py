"""A log that was read, told before anything is done with it."""

from rich.console import Console

from deploy.purchases.purchase import Log

PRINTED = 10


def announce(console: Console, log: Log) -> None:
    """What was read, what was not and why."""
    console.print(
        f"{len(log.purchases):,} purchases of {log.customers:,} customers,"
        f" {log.opens:%Y-%m-%d} to {log.end:%Y-%m-%d}"
    )
    for warning in log.warnings:
        console.print(f"note: {warning}", style="yellow")
    if log.refused:
        console.print(f"{len(log.refused):,} rows could not be read:", style="yellow")
    for refused in log.refused[:PRINTED]:
        console.print(f"  {refused}", markup=False)
    if len(log.refused) > PRINTED:
        console.print(f"  … and {len(log.refused) - PRINTED:,} more")
