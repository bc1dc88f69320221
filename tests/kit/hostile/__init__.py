"""Image files as people and attackers send them, with what must become of each."""
