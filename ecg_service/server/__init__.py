"""Serves an ASGI application over HTTP/1.1 to strangers: uvicorn, bounded in bytes and in time.

`connection.py` is a protocol class over uvicorn's, in front of its parser, httptools; `heads.py`
says which heads are refused, `refusals.py` how, `connections.py` bounds all connections together.
"""

from ecg_service.server.certificates import Certificate
from ecg_service.server.http import HttpServer
from ecg_service.server.refusals import Refusal

__all__ = ["Certificate", "HttpServer", "Refusal"]
