"""How the silence rule learns, from what came before a morning alone. Pure."""
