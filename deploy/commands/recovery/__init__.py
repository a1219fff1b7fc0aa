"""What an owner does where a service cannot go on alone."""
