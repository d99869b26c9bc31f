"""The server: takes requests, keeps them, and answers by the routes or with a fault."""
import contextlib
import http.server
import re
import socket
import threading
import time
import urllib.parse

from standin import files, git, oauth, routes


class Request:
    """One that came: `token` is what it authenticates with, by Bearer or as Basic's password, or None; `when` is of the
    monotonic clock."""

    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        parts = urllib.parse.urlsplit(target)
        self.path, self.query = urllib.parse.unquote(parts.path), dict(urllib.parse.parse_qsl(parts.query))
        self.raw_query = parts.query
        self.token = routes.token_of(headers.get("Authorization", ""))
        self.status, self.when = None, time.monotonic()

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(errors="replace")))

    def whole(self):
        """All bytes of it that a secret could be in."""
        heads = "".join(f"{name}: {value}\n" for name, value in self.headers.items())
        return f"{self.method} {self.target}\n{heads}\n".encode() + self.body

    def __repr__(self):
        return f"<{self.method} {self.target} {self.status}>"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "standin", ""
    timeout = 60

    def setup(self):
        super().setup()
        if self.server.hub.context:
            self.connection = self.server.hub.context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def finish(self):
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def log_message(self, *_):
        pass

    def _body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if size == 0:
                return body

    def _handle(self):
        hub = self.server.hub
        request = Request(self.command, self.path, dict(self.headers.items()), self._body())
        fault = hub.keep(request)

        def usual():
            return hub.answer(request)
        self.request_now = request
        with contextlib.suppress(OSError):
            if fault:
                fault.send(self, usual)
            else:
                self.send_answer(usual())

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle

    def send_head(self, answer, length):
        """With a length of None, the body comes in chunks."""
        self.request_now.status = answer.status
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("X-Request-Id", f"Root=1-{self.server.hub.world.number():08x}-standin")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_answer(self, answer):
        self.send_head(answer, len(answer.body))
        if self.command != "HEAD":
            self.wfile.write(answer.body)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 64

    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        http.server.socketserver.TCPServer.server_bind(self)

    def handle_error(self, request, client_address):
        """Who does not trust the certificate goes away: that is no error of the server's."""
        with self.hub.lock:
            self.hub.broken += 1


class Hub:
    """Used as `with Hub(world, "hub.test", authority) as hub`. Without an authority it is plain HTTP."""

    def __init__(self, world, name, authority=None, content=None):
        self.world, self.name, self.content = world, name, content
        self.context = authority.context(name, "127.0.0.1") if authority else None
        self.lock, self.requests, self.broken, self._faults = threading.RLock(), [], 0, []
        self.oauth = oauth.Desk(world, self)
        self.git = git.Backend(world)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.hub = self
        self.port = self._server.server_address[1]
        self.host = f"{name}:{self.port}"
        self.url = f"{'https' if authority else 'http'}://{self.host}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self.git.clear()

    def answer(self, request):
        for table in (routes.TABLE, oauth.TABLE, git.TABLE, files.TABLE):
            for method, pattern, function in table:
                found = re.fullmatch(pattern, request.path)
                if found and request.method in method.split():
                    with self.world.lock:
                        return function(self, request, **found.groupdict())
        return routes.nothing_here(request)

    def keep(self, request):
        """Keeps a request, and gives the fault that is its turn, or None."""
        with self.lock:
            self.requests.append(request)
            for row in self._faults:
                if re.fullmatch(row[0], request.path) and row[2] != 0:
                    row[2] -= 1
                    return row[1]
        return None

    def put_fault(self, pattern, fault, times=-1):
        """Paths that match get the fault from now on, as often as told."""
        row = [pattern, fault, times]
        with self.lock:
            self._faults.append(row)
        return row

    @contextlib.contextmanager
    def fault(self, pattern, fault, times=-1):
        """The same until the block ends."""
        row = self.put_fault(pattern, fault, times)
        try:
            yield fault
        finally:
            fault.end()
            with self.lock:
                self._faults.remove(row)

    def asked(self, pattern=".*", since=0):
        """The requests whose path matches, in order."""
        with self.lock:
            return [request for request in self.requests[since:] if re.fullmatch(pattern, request.path)]

    def mark(self):
        """For asked(): what comes from now on."""
        with self.lock:
            return len(self.requests)
