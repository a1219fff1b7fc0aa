"""What insight judges, as its partitions' clocks pass: the pure rules of `risk` over what the database
keeps."""
