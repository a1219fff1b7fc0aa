"""The silence alert: who has been quiet for so long that most such customers never come back. Pure."""
