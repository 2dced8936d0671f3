"""The edge of HTTP: signing in, who may enter, what a body and a parameter may be, how errors and pages are written."""
