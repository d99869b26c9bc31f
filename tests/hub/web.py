"""A user with a token of the browser, in an open session, at a stand-in of their own."""
import pam
from harness import check, equal
from hubtest import Person, authority, set_due, world
from standin import Hub
from standin.oauth import MONTH

TOKEN = "/oauth/token"
RUN = "hf-token run -- printenv HF_TOKEN"

pam.service("refresh")


class Web:
    """A user who logged in with the browser at a stand-in of their own, in a session that stays open."""

    def __init__(self, expires_in=MONTH):
        self.person = Person("web")
        self.hub = Hub(world, "hub.test", authority)
        self.hub.__enter__()
        self.desk = self.hub.oauth
        self.desk.account, self.desk.expires_in = self.person.account, expires_in
        self.session = self.person.log_in()
        done = self.run(f"HF_ENDPOINT={self.hub.url} hf-token login --browser --name main")
        equal(done.code, 0, f"login ({done.out})")
        self.desk.expires_in = MONTH
        self.first = self.token()
        self.mark = self.hub.mark()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.session.close()
        self.hub.__exit__()

    def run(self, command):
        return self.session.run(command)

    def token(self):
        return dict(self.person.state().keys).get("hf-token:main", b"").decode()

    def grant(self):
        """The payload of the ring's grant, or None."""
        return dict(self.person.state().keys).get("hf-token.grant:main")

    def asked(self):
        """Requests for tokens since the login."""
        return self.hub.asked(TOKEN, self.mark)

    def due(self):
        set_due(self.person)

    def good(self, token):
        return world.find_token(token) is not None

    def saved(self):
        """The token that the document gives to a login; this one is beside the open session."""
        with pam.Host("refresh", self.person) as host:
            host.do("open")
            token = self.token()
            host.do("close")
        return token


def refreshed(web, done):
    """The command ran with a new token, which the Hub takes, and which the document has."""
    equal(done.code, 0, f"exit code ({done.out})")
    token = done.out.strip()
    check(token != web.first and web.good(token), f"the token is an old one, or something was said: {done.out!r}")
    equal(web.token(), token, "the ring's token")
    equal(web.saved(), token, "the document's token")
    return token
