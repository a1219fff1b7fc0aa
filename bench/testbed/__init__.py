"""What all contenders stand on: a house with a history, its programs, its databases, what they cost."""
