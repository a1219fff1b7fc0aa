"""Who is about to leave: rules over a customer's events and time, and what they come to. Pure."""
