"""git over HTTP, by git's own http-backend(1) as a CGI program."""
import os
import shutil
import subprocess
import tempfile

from standin.answer import Answer
from standin.files import NAME, PREFIX
from standin.routes import reach

BACKEND = "/usr/lib/git-core/git-http-backend"


def _git(*argv, **more):
    return subprocess.run(["git", *argv], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more).stdout


class Backend:
    """Bare repositories, each made from the files that it has when it is first asked for."""

    def __init__(self, world):
        self.world, self.root = world, None

    def folder(self, repository):
        self.root = self.root or tempfile.mkdtemp(prefix="git.")
        path = f"{self.root}/{repository.address()}.git"
        if not os.path.exists(path):
            _git("init", "-q", "--bare", "--initial-branch=main", path)
            _git("-C", path, "config", "http.receivepack", "true")
            _git("-C", path, "fast-import", "--quiet", input=b"".join(self._stream(repository)))
        return path

    @staticmethod
    def _stream(repository):
        yield b"commit refs/heads/main\ncommitter The Hub <hub@example.org> 1767323045 +0000\ndata 5\nfirst\n"
        for path, content in sorted(repository.files.items()):
            yield f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        yield b"done\n"

    def read(self, repository, path):
        """A file as it is in main now."""
        return _git("-C", self.folder(repository), "show", f"main:{path}")

    def clear(self):
        if self.root:
            shutil.rmtree(self.root)


def _locked(realm="Hugging Face"):
    return Answer(401, "Invalid username or password.", "text/plain", {"WWW-Authenticate": f'Basic realm="{realm}"'})


def _serve(hub, request, repository, token, service):
    environment = {
        "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": os.path.dirname(hub.git.folder(repository)),
        "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": f"/{repository.address().split('/')[-1]}.git/{service}",
        "REQUEST_METHOD": request.method, "QUERY_STRING": request.raw_query, "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", "")}
    if token:
        environment["REMOTE_USER"] = token.account.name
    said = subprocess.run([BACKEND], env=environment, input=request.body, stdout=subprocess.PIPE, check=True).stdout
    head, _, body = said.partition(b"\r\n\r\n")
    headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n"))
    status = int(headers.pop("Status", "200").split()[0])
    return Answer(status, body, headers.pop("Content-Type", "text/plain"), headers)


def serve(hub, request, kind, name, service):
    """Who comes without a good token is asked for one, whatever is there: as the Hub does for what is not public."""
    repository, token, refused = reach(hub, request, kind or "models", name)
    writes = "git-receive-pack" in (service, request.query.get("service"))
    if refused and (token is None or refused.status == 401):
        return _locked()
    if refused:
        return refused
    if writes and token is None:
        return _locked()
    if writes and not token.writes():
        return Answer(403, "Forbidden: this token may not write", "text/plain")
    return _serve(hub, request, repository, token, service)


TABLE = [("GET POST", rf"{PREFIX}{NAME}(?:\.git)?/(?P<service>info/refs|git-upload-pack|git-receive-pack)", serve)]
