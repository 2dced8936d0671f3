"""What the services need from outside, as protocols. Imports the domain only.

Adapters subclass the protocols, so that readers and the type checker see what is implemented.
"""
