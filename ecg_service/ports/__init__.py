"""What the services need from the outside, as protocols. Knows the domain only.

Adapters subclass these by name, so that a reader and the type checker see what is implemented.
"""
