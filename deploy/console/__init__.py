"""What commands share: which house, where its parts are, and what goes on."""
