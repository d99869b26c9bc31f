"""An HTTP proxy that knows CONNECT alone, and keeps what passes through it."""
import select
import socket
import socketserver
import threading


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(4096)
            if not more:
                return
            head += more
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        self.server.asked.append((method, target))
        self.server.seen.append(head)
        port = self.server.ports.get(target)
        if method != "CONNECT" or self.server.refuses or port is None:
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as other:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._join(other)

    def _join(self, other):
        pairs = {self.request: other, other: self.request}
        while True:
            for ready in select.select(list(pairs), [], [], 60)[0]:
                try:
                    data = ready.recv(65536)
                    pairs[ready].sendall(data)
                except OSError:
                    return
                if not data:
                    return
                self.server.seen.append(data)


class Proxy(socketserver.ThreadingTCPServer):
    """Used as `with Proxy({"hub.test:443": PORT}) as proxy`: which port of the loopback a name stands for."""
    daemon_threads, block_on_close = True, False

    def __init__(self, ports):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.ports, self.asked, self.seen, self.refuses = ports, [], [], False
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def bytes(self):
        """All that it could read, in both directions."""
        return b"".join(self.seen)
