"""The API: whose a token is, what it reaches, what is in a repository, revoking."""
import base64
import hashlib
import json
import time

from standin.answer import Answer, gated, gated_not_enabled, no_permission, not_found, policy, refusal, unauthorised

KIND = r"(?P<kind>models|datasets|spaces)"
NAME = r"(?P<name>[\w.-]+/[\w.-]+|[\w.-]+)"


def token_of(authorization):
    """What a header authenticates with."""
    scheme, _, rest = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return rest
    if scheme.lower() == "basic":
        return base64.b64decode(rest).decode(errors="replace").partition(":")[2]
    return None


def nothing_here(request):
    return refusal(404, f"Cannot {request.method} {request.path}")


def holder(hub, request):
    """The good token of a request, or None; and the answer where it has a bad one."""
    token = hub.world.find_token(request.token) if request.token is not None else None
    return token, unauthorised() if request.token is not None and token is None else None


def in_scope(token, repository):
    """Whether a token of that kind sees the repository at all."""
    if token.role != "fineGrained":
        return True
    entities = {scope["entity"]["name"] for scope in token.scoped}
    if repository.visibility == "gated" and token.reads_gated:
        return True
    return bool(entities & {repository.name, repository.name.split("/")[0]})


def reach(hub, request, kind, name, contents=True):
    """The repository, the token and None; or the refusal. A repository that one may not see does not exist."""
    repository = hub.world.repositories.get((kind, name))
    token, bad = holder(hub, request)
    if bad:
        return None, None, bad
    if repository is None:
        missing = not_found() if token else unauthorised("Repository not found", "RepoNotFound")
        return None, None, missing
    if repository.visibility == "public" or (repository.visibility == "gated" and not contents):
        return repository, token, None
    let_in = token is not None and token.account.name in repository.readers
    if repository.visibility == "gated":
        refused = None if let_in and in_scope(token, repository) else \
            gated_not_enabled() if let_in else gated(repository, token is not None)
    elif not let_in:
        refused = not_found() if token else unauthorised("Repository not found", "RepoNotFound")
    else:
        refused = policy() if repository.policy else None if in_scope(token, repository) else no_permission()
    return repository, token, refused


# ------------------------------------------------------------------------------------------------ accounts

def _access_token(token):
    shown = {"displayName": token.display_name, "role": token.role, "createdAt": token.created}
    if token.role == "fineGrained":
        shown["fineGrained"] = {"scoped": token.scoped, "global": [], "canReadGatedRepos": token.reads_gated}
    return shown


def whoami(hub, request):
    token, bad = holder(hub, request)
    if bad or token is None:
        return bad or unauthorised("Invalid username or password.")
    account = token.account
    auth = {"type": "access_token", "accessToken": _access_token(token)}
    if token.role == "oauth":
        auth = {"type": "app_token_as_user"}
    if token.expires:
        auth["expiresAt"] = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(token.expires))
    return Answer(200, {
        "type": account.kind, "id": hashlib.md5(account.name.encode()).hexdigest()[:24], "name": account.name,
        "fullname": account.full_name, "email": f"{account.name}@example.org", "emailVerified": True,
        "isPro": False, "canPay": False, "periodEnd": None, "avatarUrl": f"/avatars/{account.name}.svg",
        "orgs": [{"type": "org", "id": "0", "name": name, "fullname": name.title(), "roleInOrg": "read",
                  "isEnterprise": False} for name in account.organisations],
        "auth": auth})


def revoke(hub, request):
    """No authentication, and the same answer whatever comes of it."""
    try:
        for text in json.loads(request.body)["credentials"]:
            hub.world.revoke(text)
    except (ValueError, KeyError, TypeError):
        return refusal(400, "Invalid JSON")
    return Answer(202, "", "text/plain")


# -------------------------------------------------------------------------------------------- repositories

def auth_check(hub, request, kind, name):
    _, _, refused = reach(hub, request, kind, name)
    return refused or Answer(200, "OK", "text/plain; charset=utf-8")


def info_of(repository):
    return {"_id": "0" * 24, "id": repository.name, "modelId": repository.name,
            "private": repository.visibility == "private", "gated": "manual" if repository.visibility == "gated" else
            False, "author": repository.name.split("/")[0], "sha": repository.commits[-1], "disabled": False,
            "lastModified": "2026-01-02T03:04:05.000Z", "createdAt": "2026-01-02T03:04:05.000Z", "tags": [],
            "likes": 0, "downloads": 0, "siblings": [{"rfilename": path} for path in sorted(repository.files)]}


def info(hub, request, kind, name, revision="main"):
    repository, _, refused = reach(hub, request, kind, name, contents=False)
    return refused or Answer(200, info_of(repository))


def listing(hub, request, kind):
    token = hub.world.find_token(request.token)
    author = request.query.get("author")
    return Answer(200, [info_of(repository) for (its_kind, name), repository in sorted(hub.world.repositories.items())
                        if its_kind == kind and author in (None, name.split("/")[0])
                        and (repository.visibility != "private" or token and token.account.name in repository.readers)])


def tree(hub, request, kind, name, revision, path=None):
    repository, _, refused = reach(hub, request, kind, name)
    if refused:
        return refused
    rows, folder = {}, f"{path}/" if path else ""
    for file, content in repository.files.items():
        if file.startswith(folder):
            first, _, more = file[len(folder):].partition("/")
            if more and request.query.get("recursive") != "true":
                rows[folder + first] = {"type": "directory", "oid": "0" * 40, "size": 0, "path": folder + first}
            else:
                rows[file] = {"type": "file", "oid": git_oid(content), "size": len(content), "path": file}
    return Answer(200, [rows[key] for key in sorted(rows)])


def git_oid(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _may_write(hub, request, kind, name):
    repository, token, refused = reach(hub, request, kind, name)
    if refused is None and token is None:
        refused = unauthorised("Invalid username or password.")
    if refused is None and not token.writes():
        refused = no_permission()
    return repository, refused


def preupload(hub, request, kind, name, revision):
    _, refused = _may_write(hub, request, kind, name)
    return refused or Answer(200, {"files": [
        {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None}
        for file in json.loads(request.body)["files"]]})


def commit(hub, request, kind, name, revision):
    """NDJSON: a header, then the files."""
    repository, refused = _may_write(hub, request, kind, name)
    if refused:
        return refused
    lines = [json.loads(line) for line in request.body.splitlines() if line.strip()]
    if not lines or lines[0]["key"] != "header" or not lines[0]["value"].get("summary"):
        return refusal(400, "The first line must be the header, with a summary")
    files = {line["value"]["path"]: base64.b64decode(line["value"]["content"])
             for line in lines[1:] if line["key"] == "file" and line["value"]["encoding"] == "base64"}
    oid = repository.commit(files)
    return Answer(200, {"success": True, "commitOid": oid, "hookOutput": "",
                        "commitUrl": f"{hub.url}/{repository.address()}/commit/{oid}"})


TABLE = [
    ("GET", "/api/whoami-v2", whoami),
    ("POST", "/api/credentials/revoke", revoke),
    ("GET", f"/api/{KIND}", listing),
    ("GET", f"/api/{KIND}/{NAME}/auth-check", auth_check),
    ("GET", f"/api/{KIND}/{NAME}/tree/(?P<revision>[^/]+)(?:/(?P<path>.+))?", tree),
    ("POST", f"/api/{KIND}/{NAME}/preupload/(?P<revision>[^/]+)", preupload),
    ("POST", f"/api/{KIND}/{NAME}/commit/(?P<revision>[^/]+)", commit),
    ("GET", f"/api/{KIND}/{NAME}/revision/(?P<revision>[^/]+)", info),
    ("GET", f"/api/{KIND}/{NAME}", info),
]
