"""`ecg send`: sends ECGs from files to a service."""
