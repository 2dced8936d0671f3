"""What can go wrong over HTTP: a kind for each problem, and a page about each kind."""
