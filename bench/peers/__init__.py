"""What others would run for the same job, each a process of its own, written as its authors recommend."""
