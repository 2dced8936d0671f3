"""What is under load: the service, handlers that do nothing, peers, and the databases they write to."""
