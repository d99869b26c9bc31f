"""What the tests of fleets share: an authority and its certificates, three nodes of etcd, nginx, and servers that
behave badly. All of it is on loopback, within the sandbox; each process is ended by its own id."""
import http.client
import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import threading

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [FOLDER, os.path.join(FOLDER, "../system")]
from harness import check, wait_for  # noqa: E402

PLACE = "/tmp/fleet"
BUILD = os.environ.get("HF_BUILD", "")


def free_port():
    """One that nobody listens on; the sandbox's loopback is its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write(path, text, mode=0o644):
    """A file with all of its folders; returns its path."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)
    return path


def settings(**sections):
    """The text of a fleet.conf: settings(etcd={"endpoint": [...], "authorities": ...}); _ stands for a dash."""
    lines = []
    for section, keys in sections.items():
        lines.append(f"[{section.replace('_', '-')}]")
        for key, value in keys.items():
            values = value if isinstance(value, (list, tuple)) else [value]
            lines += [f"{key.replace('_', '-')} = {one}" for one in values]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------------- certificates

def _openssl(*argv):
    subprocess.run(["openssl", *argv], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Pair:
    """A certificate and its key, two files."""

    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key

    def keys(self):
        """For settings()."""
        return {"certificate": self.certificate, "key": self.key}


class Authority:
    """Gives certificates; `path` is its own, which its clients are to trust. They have no CommonName: etcd's gateway
    refuses those that have one."""

    def __init__(self, name="authority"):
        self.folder = f"{PLACE}/{name}"
        self.path, self._key, self._made = f"{self.folder}/ca.pem", f"{self.folder}/ca.key", {}
        os.makedirs(self.folder)
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                 "-subj", f"/O={name}", "-keyout", self._key, "-out", self.path,
                 "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def server(self, days=2):
        """For a server on 127.0.0.1 and localhost. etcd's gateway uses it as a client too. With days below zero it
        has expired."""
        return self._issue(f"server{days}", "subjectAltName=IP:127.0.0.1,DNS:localhost\n"
                           "extendedKeyUsage=serverAuth,clientAuth\n", days)

    def elsewhere(self):
        """For a server of another name."""
        return self._issue("elsewhere", "subjectAltName=DNS:elsewhere.test\nextendedKeyUsage=serverAuth\n", 2)

    def client(self, days=2):
        """For a host, or an admin. The key is for root alone, unless somebody gives it away."""
        return self._issue(f"client{days}", "extendedKeyUsage=clientAuth\n", days)

    def _issue(self, name, extensions, days):
        if name not in self._made:
            stem = f"{self.folder}/{name}"
            write(f"{stem}.ext", f"basicConstraints=CA:FALSE\n{extensions}")
            _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                     "-subj", f"/O={name}", "-keyout", f"{stem}.key", "-out", f"{stem}.csr")
            _openssl("x509", "-req", "-in", f"{stem}.csr", "-CA", self.path, "-CAkey", self._key, "-CAcreateserial",
                     "-days", str(days), "-extfile", f"{stem}.ext", "-out", f"{stem}.pem")
            self._made[name] = Pair(f"{stem}.pem", f"{stem}.key")
        return self._made[name]


def _begin():
    shutil.rmtree(PLACE, ignore_errors=True)
    os.makedirs(PLACE, 0o755)
    return Authority()


authority = _begin()
_strangers = []


def stranger():
    """An authority that nobody trusts."""
    if not _strangers:
        _strangers.append(Authority("stranger"))
    return _strangers[0]


# -------------------------------------------------------------------------------------------------- etcd

class Node:
    """One node of a cluster: a process, and its address."""

    def __init__(self, number, folder):
        self.number, self.folder = number, folder
        self.port, self.peer = free_port(), free_port()
        self.url, self.name, self.process = f"https://127.0.0.1:{self.port}", f"node{number}", None

    def send(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGTERM):
        """Ends it, stopped or not."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.send_signal(signal.SIGCONT)
            self.process.wait()
            self.process = None


class Etcd:
    """A cluster with TLS, whose clients need a certificate: `with Etcd() as etcd`. `certify` False: none is asked for.
    Further arguments are etcd's own."""

    _count = 0

    def __init__(self, *arguments, count=3, certify=True, pair=None):
        Etcd._count += 1
        self.folder = f"{PLACE}/etcd{Etcd._count}"
        self.nodes = [Node(number, f"{self.folder}/{number}") for number in range(count)]
        self.arguments, self.certify, self.pair = arguments, certify, pair or authority.server()
        self.client = authority.client()
        self._token = f"cluster{Etcd._count}"

    @property
    def endpoints(self):
        return [node.url for node in self.nodes]

    def section(self, **more):
        """For settings(etcd=...)."""
        return {"endpoint": self.endpoints, "authorities": authority.path,
                **(self.client.keys() if self.certify else {}), **more}

    def start(self, node):
        """Starts a node, or one again that was killed; it finds what it had."""
        os.makedirs(node.folder, 0o700, exist_ok=True)
        cluster = ",".join(f"{other.name}=http://127.0.0.1:{other.peer}" for other in self.nodes)
        client = ["--client-cert-auth", "--trusted-ca-file", authority.path] if self.certify else []
        with open(f"{node.folder}.log", "ab") as log:
            node.process = subprocess.Popen(
                ["etcd", "--name", node.name, "--data-dir", node.folder, "--logger", "zap",
                 "--listen-client-urls", node.url, "--advertise-client-urls", node.url,
                 "--listen-peer-urls", f"http://127.0.0.1:{node.peer}",
                 "--initial-advertise-peer-urls", f"http://127.0.0.1:{node.peer}",
                 "--initial-cluster", cluster, "--initial-cluster-token", self._token,
                 "--cert-file", self.pair.certificate, "--key-file", self.pair.key, *client,
                 "--unsafe-no-fsync", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={"PATH": os.environ["PATH"], "GOMAXPROCS": "2"})

    def __enter__(self):
        for node in self.nodes:
            self.start(node)
        self.wait()
        return self

    def __exit__(self, *_):
        for node in self.nodes:
            node.end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self):
        """Until each node that runs has a leader, and answers."""
        for node in self.nodes:
            if node.process is not None:
                wait_for(lambda: self._healthy(node), f"{node.name} answers", 30)

    def _healthy(self, node):
        check(node.process.poll() is None, f"{node.name} ended: see {node.folder}.log")
        try:
            return json.loads(self.request(node, "GET", "/health")).get("health") == "true"
        except (OSError, ValueError, http.client.HTTPException):
            return False

    def request(self, node, method, path, body=None):
        """The bytes of an answer."""
        context = ssl.create_default_context(cafile=authority.path)
        context.load_cert_chain(self.client.certificate, self.client.key)
        connection = http.client.HTTPSConnection("127.0.0.1", node.port, timeout=5, context=context)
        try:
            connection.request(method, path, body)
            return connection.getresponse().read()
        finally:
            connection.close()

    def leader(self):
        """The node that leads."""
        def ask():
            for node in self.nodes:
                if node.process is None:
                    continue
                status = json.loads(self.request(node, "POST", "/v3/maintenance/status", "{}"))
                if status.get("leader") and status["leader"] == status["header"]["member_id"]:
                    return node
            return None
        return wait_for(ask, "a node leads")

    def followers(self):
        leader = self.leader()
        return [node for node in self.nodes if node is not leader and node.process is not None]

    def ctl(self, *arguments, user=None, node=None, must=True):
        """etcdctl; returns its output. `user` is NAME:PASSWORD."""
        where = [node] if node else [each for each in self.nodes if each.process is not None]
        result = subprocess.run(
            ["etcdctl", "--endpoints", ",".join(each.url for each in where), "--cacert", authority.path,
             "--cert", self.client.certificate, "--key", self.client.key, *(["--user", user] if user else []),
             *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
            env={"PATH": os.environ["PATH"], "ETCDCTL_API": "3"})
        check(not must or result.returncode == 0, f"etcdctl {arguments}: {result.stderr}")
        return result.stdout

    def enable_auth(self, password="rootTEST", prefix="/hf-token/", readers=(), writers=()):
        """Makes root, and users of (NAME, PASSWORD) who may read or also write below the prefix."""
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        self.ctl("user", "add", f"root:{password}")
        self.ctl("user", "grant-role", "root", "root")
        for role, kind, users in (("readers", "read", readers), ("writers", "readwrite", writers)):
            self.ctl("role", "add", role)
            self.ctl("role", "grant-permission", role, kind, prefix, end)
            for name, secret in users:
                self.ctl("user", "add", f"{name}:{secret}")
                self.ctl("user", "grant-role", name, role)
        self.ctl("auth", "enable")


# ------------------------------------------------------------------------------------------------- nginx

class Nginx:
    """Serves a folder by TLS to clients with a certificate: `with Nginx(folder) as server`. `put`: takes PUT, and
    ignores If-Match. `etcd`: instead of a folder the two paths of a cluster's gateway that hosts need. `within` is
    further text within the server's block."""

    _count = 0

    def __init__(self, folder=None, certify=True, put=False, etcd=None, pair=None, within=""):
        Nginx._count += 1
        self.place = f"{PLACE}/nginx{Nginx._count}"
        self.folder, self.port = folder or f"{self.place}/www", free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.certify, self.put, self.etcd, self.within = certify, put, etcd, within
        self.pair, self.client = pair or authority.server(), authority.client()

    def section(self, **more):
        """For settings(https=...)."""
        return {"url": self.url, "authorities": authority.path,
                **(self.client.keys() if self.certify else {}), **more}

    def _locations(self):
        if self.etcd is None:
            put = "dav_methods PUT; create_full_put_path on; dav_access all:r;" if self.put else ""
            return f"location / {{ root {self.folder}; default_type application/octet-stream; {put} }}"
        tls = f"""proxy_ssl_trusted_certificate {authority.path}; proxy_ssl_verify on; proxy_ssl_name localhost;
            proxy_ssl_certificate {self.client.certificate}; proxy_ssl_certificate_key {self.client.key};
            proxy_connect_timeout 300ms; proxy_read_timeout 1s; proxy_next_upstream error timeout http_503;"""
        return "".join(f"location = {path} {{ proxy_pass https://etcd; {tls} }}\n"
                       for path in ("/v3/kv/range", "/v3/auth/authenticate"))

    def _server(self):
        client = f"ssl_client_certificate {authority.path}; ssl_verify_client on;" if self.certify else ""
        return f"""server {{
                listen 127.0.0.1:{self.port} ssl; ssl_certificate {self.pair.certificate};
                ssl_certificate_key {self.pair.key}; {client}
                {self.within}
                {self._locations()}
            }}"""

    def _text(self):
        upstream = "" if self.etcd is None else "upstream etcd {\n" + "".join(
            f"server 127.0.0.1:{node.port} max_fails=0;\n" for node in self.etcd.nodes) + "}\n"
        return f"""daemon off; user root; worker_processes 1; pid {self.place}/pid; error_log {self.place}/error.log;
            events {{ worker_connections 256; }}
            http {{
                access_log {self.place}/access.log; client_body_temp_path {self.place}/body;
                proxy_temp_path {self.place}/proxy; fastcgi_temp_path {self.place}/fastcgi;
                uwsgi_temp_path {self.place}/uwsgi; scgi_temp_path {self.place}/scgi;
                {upstream}
                {self._server()}
            }}"""

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        config = write(f"{self.place}/conf", self._text())
        self.process = subprocess.Popen(["nginx", "-e", f"{self.place}/error.log", "-c", config],
                                        stdin=subprocess.DEVNULL)
        wait_for(self._listens, "nginx listens")
        return self

    def _listens(self):
        check(self.process.poll() is None, f"nginx ended: see {self.place}/error.log")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def asked(self):
        """The lines of its log of requests."""
        path = f"{self.place}/access.log"
        with open(path) as log:
            return log.read().splitlines()


# ------------------------------------------------------------------------------------ servers made for tests

class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def _any(self):
        if getattr(self.server.behave, "early", False):
            self.server.behave(self)
            return
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers), self.body))
        try:
            self.server.behave(self)
        except OSError:
            self.close_connection = True  # who has enough hangs up

    do_GET = do_POST = do_PUT = _any

    def answer(self, status, body=b"", headers=()):
        """A whole answer."""
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class _Listener(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def get_request(self):
        connection, address = self.socket.accept()
        # The handshake is made by the connection's own thread, when it first reads.
        return self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, *_):
        pass


class Server:
    """An HTTPS server that does with each request what `behave(handler)` does: `with Server(behave) as server`.
    `asked` has (method, path, headers, body) of each request; `over` is set at the end, for those who wait."""

    def __init__(self, behave, pair=None):
        self.listener = _Listener(("127.0.0.1", 0), _Handler)
        pair = pair or authority.server()
        self.listener.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.listener.tls.load_cert_chain(pair.certificate, pair.key)
        self.over = threading.Event()
        self.listener.behave, self.listener.asked, self.listener.over = behave, [], self.over
        self.asked, self.port = self.listener.asked, self.listener.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def section(self, **more):
        """For settings(https=...); for etcd it is {"endpoint": server.url, ...}."""
        return {"url": self.url, "authorities": authority.path, **more}

    def __enter__(self):
        self.thread = threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.listener.shutdown()
        self.thread.join()
        self.listener.server_close()


class Hole:
    """Accepts connections, and says nothing, not even TLS's first words: as a stopped process does."""

    def __enter__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(64)
        self.url = f"https://127.0.0.1:{self.socket.getsockname()[1]}"
        return self

    def __exit__(self, *_):
        self.socket.close()


def says(status, body=b"", **headers):
    """The same answer to all."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(status, body, named)


def silent(handler):
    """Takes the request, and says nothing until the test is over."""
    handler.close_connection = True
    handler.server.over.wait(60)


def dripping(handler):
    """Never comes to the end, a byte at a time, a hundred of them in a second."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Content-Length", "60000")
    handler.end_headers()
    for _ in range(60000):
        handler.wfile.write(b" ")
        if handler.server.over.wait(0.01):
            return


def endless(handler):
    """Never comes to the end, as fast as it can, in chunks, so that no length says it before."""
    handler.close_connection = True
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not handler.server.over.is_set():
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def endless_headers(handler):
    """The same before the body."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.over.is_set():
        handler.wfile.write(b"X-More: " + b"x" * 8000 + b"\r\n")


def announced(length):
    """Says that it sends so many bytes, and sends ten."""
    def behave(handler):
        handler.close_connection = True
        handler.send_response(200)
        handler.send_header("Content-Length", str(length))
        handler.end_headers()
        handler.wfile.write(b"0123456789")
    return behave


def hangup(handler):
    """No answer at all."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def resets(handler):
    """Resets the connection while the client still sends."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


resets.early = True


class Shelf:
    """Behaves as RFC 9110 has it: objects with an ETag, and puts that compare. `objects` is path to bytes."""

    def __init__(self):
        self.objects, self.lock, self.serial = {}, threading.Lock(), 0

    def __call__(self, handler):
        with self.lock:
            status, body, tag = self._do(handler)
        handler.answer(status, body, {"ETag": tag} if tag else {})

    def _do(self, handler):
        now, tag = self.objects.get(handler.path, (None, None))
        match, none = handler.headers.get("If-Match"), handler.headers.get("If-None-Match")
        if handler.command == "GET":
            if now is None:
                return 404, b"", None
            return (304, b"", tag) if none == tag else (200, now, tag)
        if match not in (None, tag) or (none == "*" and now is not None):
            return 412, b"", tag
        self.serial += 1
        self.objects[handler.path] = (handler.body, f'"{self.serial}"')
        return 204, b"", None
