"""What is published: how much, which events, by whom bought, in which rhythm."""
