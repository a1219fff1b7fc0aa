"""What of a watched house dies is started again."""
