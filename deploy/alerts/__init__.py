"""What people do about alerts, told to the house."""
