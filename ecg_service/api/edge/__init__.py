"""What the routes share: authentication, audiences, bodies, parameters, pages, problems."""
