"""`ecg export`: writes all that a service has of one user into a folder."""
