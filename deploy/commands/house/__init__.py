"""The house: started, stopped, looked at, forgotten; and what it needs made elsewhere."""
