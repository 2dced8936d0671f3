"""Names of what fails outside, for logs and messages."""

import ssl


def kind(error: BaseException) -> str:
    """Name an error without its text, which may quote anything; say what a certificate lacks."""
    name = type(error).__name__
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{name}: {error.verify_message}"
    return name
