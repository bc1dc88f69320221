"""What is chosen on one page and carried to the next: data set, network, run, picture, owner."""
