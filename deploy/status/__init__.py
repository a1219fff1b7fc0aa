"""The condition of a house: what runs, what is ready, how far behind; told to people and programs."""
