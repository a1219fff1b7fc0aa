"""What commands share: which house, and how its state is told."""
