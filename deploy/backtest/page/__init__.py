"""One page that needs nothing beside it: figures, pictures, who would have been alerted."""
