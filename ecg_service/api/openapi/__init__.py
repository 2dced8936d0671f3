"""The OpenAPI document: what each route declares beside itself, and what follows for all of them."""
