"""HTTP: wire schemas, routes, access and errors. Knows Litestar and the services, no adapter."""
