"""A fleet of one machine: an engine that is a folder, this machine in the engine's pool, and people with sessions."""
import kernel
import published
import users
from harness import equal

ENGINE = "/srv/hf-token"


def configure(settings="", sources="user host folder"):
    published.write("/etc/hf-token.conf", f"tokens: {sources}\n")
    published.write(published.SITE, f"[folder]\npath = {ENGINE}\n{settings}")


def token_of(user, generation):
    return f"hf_TEST{user.name}x{generation}" + "0" * 12


class Fleet:
    """An engine that is a folder, and this machine in its pool."""

    def __init__(self):
        users.host_key()
        users.must("hf-tokenctl", "init", "--fleet")
        configure()
        self.signer = published.Signer("admin")
        self.generation = 0
        published.trust(self.signer)
        self.put("hosts/" + published.host_hex(), self.signer.keys(1, "lab"))
        self.end()

    def put(self, name, content):
        published.write(f"{ENGINE}/{name}", content)

    def end(self):
        """The head tells that something was published."""
        self.generation += 1
        self.put("head", self.signer.head(self.generation))

    def give(self, user, generation, token=None, recipients=None, **more):
        token = token or token_of(user, generation)
        recipients = recipients or [f"pool:{published.pool('lab')}"]
        self.put(f"users/{user.name}", self.signer.document(user, generation, token, recipients=recipients, **more))
        self.end()
        return token

    def revoke(self, user, generation):
        self.put(f"users/{user.name}", self.signer.document(user, generation))
        self.end()


def refresh(code=0):
    done = users.run("hf-tokenctl", "refresh")
    equal(done.code, code, f"hf-tokenctl refresh, which said {done.err!r}")
    return done.err


def ask(session, *words):
    return session.run(" ".join(("hf-token", *words)))


def held(session, name="main"):
    done = ask(session, "token", "-n", name)
    return done.out.strip() if done.code == 0 else None


def set_timeout(user, seconds, name="main"):
    """As if so much time had gone by since the last answer: the kernel ends the key itself."""
    def shorten():
        for key in kernel.keys():
            if key.uid == user.uid and key.description == f"hf-token:{name}":
                kernel.keyctl(kernel.SET_TIMEOUT, key.serial, seconds)
    kernel.as_user(user.uid, shorten)


def timeout_of(user, name="main"):
    found = [key.timeout for key in user.keys() if key.description == f"hf-token:{name}"]
    return found[0] if found else None
