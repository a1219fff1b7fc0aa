"""How likely a customer is to leave by all rules together: one transparent, calibrated chance. Pure."""
