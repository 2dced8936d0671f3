"""HTTP: wire schemas, routes, authentication and errors. Knows Litestar and the services, no adapter."""
