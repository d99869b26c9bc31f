"""Files of repositories, whole or in ranges; large ones come from another host, to which no token belongs."""
import re

from standin.answer import Answer, refusal
from standin.routes import git_oid, reach

PREFIX = r"/(?:(?P<kind>datasets|spaces)/)?"
NAME = r"(?P<name>[\w.-]+/[\w.-]+?|[\w.-]+?)"


def _ranged(request, content, headers):
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    if not found:
        return Answer(200, content, "application/octet-stream", headers)
    first, last = int(found[1]), min(int(found[2] or len(content)), len(content) - 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Answer(206, content[first:last + 1], "application/octet-stream", headers)


def resolve(hub, request, kind, name, revision, path):
    repository, _, refused = reach(hub, request, kind or "models", name)
    if refused:
        return refused
    content = repository.files.get(path)
    if content is None:
        return refusal(404, "Entry not found", "EntryNotFound")
    headers = {"ETag": f'"{git_oid(content)}"', "X-Repo-Commit": repository.commits[-1], "Accept-Ranges": "bytes"}
    if path in repository.large and hub.content:
        where = f"{hub.content.url}/signed/{git_oid(content)}?Signature=0123"
        return Answer(302, f"Found. Redirecting to {where}", "text/plain", {**headers, "Location": where})
    return _ranged(request, content, headers)


def signed(hub, request, oid):
    """The other host: whoever has the address gets it. With an Authorization beside it, such hosts refuse."""
    if "Authorization" in request.headers:
        return refusal(400, "Only one auth mechanism allowed")
    for repository in hub.world.repositories.values():
        for content in repository.files.values():
            if git_oid(content) == oid:
                return _ranged(request, content, {"ETag": f'"{oid}"'})
    return refusal(404, "Not found")


TABLE = [
    ("GET HEAD", "/signed/(?P<oid>[0-9a-f]+)", signed),
    ("GET HEAD", f"{PREFIX}{NAME}/(?:resolve|raw)/(?P<revision>[^/]+)/(?P<path>.+)", resolve),
]
