"""Would it have told in time? Rules judged over a log whose outcome is known. Pure."""
