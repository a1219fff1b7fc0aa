"""Models of buying, spending and staying, as their papers write them. Pure. `../mbg` is what alerts rest
on."""
