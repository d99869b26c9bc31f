"""An answer, and those that the Hub gives when it refuses."""
import json


class Answer:
    def __init__(self, status=200, body=b"", kind="application/json; charset=utf-8", headers=()):
        self.status, self.kind, self.headers = status, kind, dict(headers)
        self.body = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else \
            json.dumps(body).encode()


def refusal(status, message, code=None, headers=()):
    """As the Hub says no: the reason in headers and in the body."""
    told = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {}), **dict(headers)}
    return Answer(status, {"error": message}, headers=told)


def not_found():
    return refusal(404, "Repository not found", "RepoNotFound")


def unauthorised(message="Invalid credentials in Authorization header", code=None):
    return refusal(401, message, code, {"WWW-Authenticate": 'Bearer realm="Authentication required", charset="UTF-8"'})


def gated(repository, known):
    if not known:
        return unauthorised(f"Access to model {repository.name} is restricted. You must have access to it and be "
                            "authenticated to access it. Please log in.", "GatedRepo")
    return refusal(403, f"Access to model {repository.name} is restricted and you are not in the authorized list. "
                        f"Visit https://huggingface.co/{repository.address()} to ask for access.", "GatedRepo")


def policy():
    return refusal(403, "Access denied: this organization's policy requires that access tokens are approved by an "
                        "administrator")


def gated_not_enabled():
    """Of a fine-grained token, of an account that was let in."""
    return refusal(403, "Please enable access to public gated repositories in your fine-grained token settings to view "
                        "this repository.")


def no_permission():
    return refusal(403, "Forbidden: this authentication token does not have the necessary permissions")


def busy(seconds=55):
    return Answer(429, "<html><body><h1>429 Too Many Requests</h1></body></html>", "text/html; charset=utf-8",
                  {"RateLimit": f'"api";r=0;t={seconds}', "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
                   "X-Error-Message": "We had to rate limit your IP."})


def unavailable(status=503, after=None):
    text = {500: "Internal Error - We're working hard to fix this as soon as possible!",
            502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out"}[status]
    return Answer(status, f"<html><h1>{status}</h1><p>{text}</p></html>", "text/html; charset=utf-8",
                  {"X-Error-Message": text, **({"Retry-After": str(after)} if after else {})})
