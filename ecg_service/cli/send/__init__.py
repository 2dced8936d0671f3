"""`ecg send`: ECGs from files to a service."""
