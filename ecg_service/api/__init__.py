"""HTTP: routes, schemas, authentication, errors. Imports Litestar and services, no adapter."""
