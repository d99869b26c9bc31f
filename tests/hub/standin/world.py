"""What there is at the Hub: accounts, their tokens, repositories. Several stand-ins may show one world."""
import hashlib
import itertools
import threading

HOUR = 3600


class Account:
    def __init__(self, name, kind="user", organisations=()):
        self.name, self.kind, self.organisations = name, kind, list(organisations)
        self.full_name = f"{name.title()} of the Tests"


class Token:
    """`role` is read, write, fineGrained or oauth; a fine-grained one has `scoped`, as whoami-v2 shows it."""

    def __init__(self, text, account, role="read", display_name=None, expires=None, scoped=(), reads_gated=True):
        self.text, self.account, self.role, self.display_name = text, account, role, display_name
        self.created, self.expires = "2026-01-02T03:04:05.678Z", expires
        self.scoped, self.reads_gated, self.revoked = list(scoped), reads_gated, False

    def writes(self):
        return self.role in ("write", "oauth")


class Repository:
    """`kind` is models, datasets or spaces; `readers` are the names of accounts that a private or gated one lets in."""

    def __init__(self, kind, name, visibility="public", readers=(), files=None, policy=False):
        self.kind, self.name, self.visibility, self.readers = kind, name, visibility, set(readers)
        self.policy = policy  # the organisation takes no tokens but those that it approved
        self.files = {"README.md": f"# {name}\n".encode(), "config.json": b'{"hidden_size": 8}\n', **(files or {})}
        self.large = set()  # paths that are served by another host, as the Hub serves LFS files
        self.commits = ["0" * 40]

    def address(self):
        return self.name if self.kind == "models" else f"{self.kind}/{self.name}"

    def commit(self, files):
        self.files.update(files)
        said = repr(sorted(self.files.items())) + self.commits[-1]
        self.commits.append(hashlib.sha1(said.encode()).hexdigest())
        return self.commits[-1]


class World:
    def __init__(self):
        self.lock = threading.RLock()
        self.accounts, self.tokens, self.repositories = {}, {}, {}
        self._numbers = itertools.count(1)

    def account(self, name, **more):
        self.accounts[name] = Account(name, **more)
        return self.accounts[name]

    def token(self, account, display_name=None, form="hf_TEST{}", **more):
        """A new token of an account, made at the Hub."""
        text = form.format(f"{account.name:x<22}{next(self._numbers):08d}")
        with self.lock:
            self.tokens[text] = Token(text, account, display_name=display_name, **more)
            return self.tokens[text]

    def number(self):
        return next(self._numbers)

    def repository(self, kind, name, **more):
        with self.lock:
            self.repositories[kind, name] = Repository(kind, name, **more)
            return self.repositories[kind, name]

    def find_token(self, text):
        """The token if it is good."""
        with self.lock:
            token = self.tokens.get(text)
            return token if token and not token.revoked else None

    def revoke(self, text):
        with self.lock:
            if text in self.tokens:
                self.tokens[text].revoked = True
