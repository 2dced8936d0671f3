"""Who makes a request, and whether its route is for them."""
