"""OAuth's two addresses: the device flow, RFC 8628, and refreshing with strict rotation, RFC 9700 section 4.14.2."""
import time

from standin.answer import Answer
from standin.world import HOUR

CLIENT = "7e57c11e-0000-4000-8000-000000000001"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
MONTH = 30 * 24 * HOUR


class Device:
    """A login that waits. `verdicts` are the errors that the next polls get; then `account` decides: None waits on."""

    def __init__(self, number):
        self.code = f"TESTdevice{number}" + "d" * 30
        self.user_code = f"TEST-{number:04d}"
        self.verdicts, self.account, self.used = [], None, False

    def approve(self, account):
        self.account = account


class Desk:
    """`interval` and `lifetime` are what /oauth/device tells, where not None; `expires_in` is what tokens get."""

    def __init__(self, world, hub):
        self.world, self.hub = world, hub
        self.devices, self.grants, self.spent = {}, {}, set()
        self.interval, self.lifetime, self.expires_in = 1, 900, MONTH
        self.rotates, self.with_whole_address, self.client = True, True, CLIENT
        self.verdicts, self.account = [], None  # of the devices that start from now on

    def start(self):
        device = Device(self.world.number())
        device.verdicts, device.account = list(self.verdicts), self.account
        self.devices[device.code] = device
        return device

    def only_device(self):
        return list(self.devices.values())[-1]

    def give(self, account):
        """A new pair of tokens, as the token address answers."""
        token = self.world.token(account, form="hf_oauth_TEST{}", role="oauth",
                                 expires=int(time.time()) + self.expires_in)
        refresh = f"hf_oauth__refresh_TEST{self.world.number()}" + "r" * 20
        self.grants[refresh] = account
        return {"access_token": token.text, "token_type": "bearer", "expires_in": self.expires_in,
                "refresh_token": refresh, "scope": "openid profile read-repos"}


def _error(name, description=""):
    return Answer(400, {"error": name, "error_description": description or name.replace("_", " ")})


def device(hub, request):
    desk = hub.oauth
    if request.form().get("client_id") != desk.client:
        return Answer(401, {"error": "invalid_client", "error_description": "Client not found"})
    started = desk.start()
    address = f"{hub.url}/oauth/device"
    answer = {"device_code": started.code, "user_code": started.user_code, "verification_uri": address,
              "expires_in": desk.lifetime}
    if desk.interval is not None:
        answer["interval"] = desk.interval
    if desk.with_whole_address:
        answer["verification_uri_complete"] = f"{address}?code={started.user_code}"
    return Answer(200, answer)


def _by_device(desk, form):
    waiting = desk.devices.get(form.get("device_code"))
    if waiting is None or waiting.used:
        return _error("invalid_grant")
    if waiting.verdicts:
        return _error(waiting.verdicts.pop(0))
    if waiting.account is None:
        return _error("authorization_pending", "The user has not yet approved the request")
    waiting.used = True
    return Answer(200, desk.give(waiting.account))


def _by_refresh(desk, form):
    """A refresh token is good once; who comes with a spent one has lost it, or stole it."""
    old = form.get("refresh_token")
    if old in desk.spent or old not in desk.grants:
        return _error("invalid_grant", "Refresh token not found or expired")
    account = desk.grants[old]
    given = desk.give(account)
    if desk.rotates:
        desk.spent.add(old)
    else:
        desk.grants.pop(given.pop("refresh_token"))
    return Answer(200, given)


def token(hub, request):
    desk, form = hub.oauth, request.form()
    if form.get("client_id") != desk.client:
        return Answer(401, {"error": "invalid_client", "error_description": "Client not found"})
    ways = {DEVICE_GRANT: _by_device, "refresh_token": _by_refresh}
    way = ways.get(form.get("grant_type"))
    return way(desk, form) if way else _error("unsupported_grant_type")


TABLE = [
    ("POST", "/oauth/device", device),
    ("POST", "/oauth/token", token),
]
