"""What stands before a body: an end to its size, whichever server reads it."""

import socket

from .service import Service

PIECE = b"x" * 65_536
# Far more than any server's own limit, and far less than one without needs to notice.
PIECES = 64


def test_headers_have_an_end(service: Service) -> None:
    """The connection ends before they do, with an error or without a word."""
    answer = b""
    with socket.create_connection(("127.0.0.1", service.port), timeout=30) as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: ")
        try:
            for _ in range(PIECES):
                connection.sendall(PIECE)
            connection.sendall(b"\r\nConnection: close\r\n\r\n")
            answer = connection.recv(65_536)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert not answer.startswith(b"HTTP/1.1 200")
    assert service.client.get("/health/live").status_code == 200
