"""What the tests of the Hub's side share: two stand-ins, whose users know them, and sessions of real logins."""
import array
import collections
import json
import os
import stat
import sys

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [FOLDER, os.path.join(FOLDER, "../system")]
import kernel  # noqa: E402
import users  # noqa: E402
from harness import check, wait_for  # noqa: E402
from sshd import Session, Sshd  # noqa: E402
from standin import Authority, Hub, World  # noqa: E402
from standin.oauth import CLIENT  # noqa: E402

NAMES = ("hub.test", "other.test", "files.test")
State = collections.namedtuple("State", "files keys")


def _know_names():
    with open("/etc/hosts", "a") as hosts:
        hosts.write(f"127.0.0.1 {' '.join(NAMES)}\n")


_know_names()
users.host_key()
authority = Authority("/run/standin")
os.chmod("/run/standin", 0o755)
world = World()
files = Hub(world, "files.test", authority)
hub = Hub(world, "hub.test", authority, files)
other = Hub(World(), "other.test", authority)
SERVERS = (hub, files, other)
for server in SERVERS:
    server.__enter__()

SETTINGS = {"HF_ENDPOINT": hub.url, "SSL_CERT_FILE": authority.path, "NODE_EXTRA_CA_CERTS": authority.path,
            "GIT_SSL_CAINFO": authority.path, "HF_DEVICE_CODE_OAUTH_CLIENT_ID": CLIENT}


def new_sshd():
    """One whose sessions have the settings."""
    return Sshd(options=["SetEnv " + " ".join(f"{name}={value}" for name, value in SETTINGS.items())])


sshd = new_sshd()
sshd.__enter__()


class Person(users.User):
    """A user of this machine with an account at the Hub, and of the programs that know the stand-in."""

    def __init__(self, name="person"):
        super().__init__(name)
        self.account = world.account(self.name, organisations=("lab",))

    def environment(self):
        return {**super().environment(), **SETTINGS}

    def new_token(self, display_name="laptop", **more):
        """One made in the Hub's settings."""
        return world.token(self.account, display_name, **more)

    def log_in(self, by="key", at=sshd):
        return Session(at, self, by)

    def listed(self):
        """hf-token list --json by name."""
        return {row["name"]: row for row in json.loads(self.must("hf-token", "list", "--json"))["tokens"]}

    def state(self):
        """All of the store and of the kernel ring, byte for byte. Locks, and when keys expire, are left out."""
        return State(_files(self.folder), sorted(kernel.as_user(self.uid, _payloads, self.uid)))

    def gone(self):
        """Waits until the kernel has forgotten the session before."""
        wait_for(lambda: not self.has_ring(), "the session is over")


def _files(folder):
    found = {}
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        status = os.stat(f"{folder}/{name}")
        if stat.S_ISREG(status.st_mode) and not name.endswith("lock"):
            with open(f"{folder}/{name}", "rb") as file:
                found[name] = (oct(status.st_mode), file.read())
    return found


def _in_ring(uid):
    """Run as the user: the keys that their ring holds. Others that nothing links to are the kernel's to collect."""
    keys = [key for key in kernel.keys() if key.uid == uid]
    rings = [key.serial for key in keys if key.type == "keyring" and key.description == "hf-token"]
    linked = {serial for ring in rings for serial in array.array("i", kernel.read(ring))}
    return [key for key in keys if key.serial in linked]


def _payloads(uid):
    return [(key.description, kernel.read(key.serial)) for key in _in_ring(uid)]


def set_due(person, name="main"):
    """Turns the clock for one token in the ring: from now on it is due to be refreshed."""
    def change():
        key, = (key.serial for key in _in_ring(person.uid) if key.description == f"hf-token.grant:{name}")
        payload = kernel.read(key)
        payload = payload[:16] + (1).to_bytes(8, sys.byteorder) + payload[24:]
        kernel.keyctl(kernel.UPDATE, key, payload, len(payload))
    kernel.as_user(person.uid, change)


def take_out(person, description):
    """One key out of the ring."""
    def change():
        ring, = (key.serial for key in kernel.keys() if key.type == "keyring" and key.description == "hf-token")
        key, = (key.serial for key in _in_ring(person.uid) if key.description == description)
        kernel.keyctl(kernel.UNLINK, key, ring)
    kernel.as_user(person.uid, change)


def put_token(person, name, text):
    """A token as the product puts it into the ring."""
    put_ring(person, State({}, [(f"hf-token:{name}", text.encode())]))


def put_ring(person, state):
    """The tokens and grants of a state that was, back into the ring as the product puts them there."""
    def change():
        ring, = (key.serial for key in kernel.keys() if key.type == "keyring" and key.description == "hf-token")
        for description, payload in state.keys:
            key = kernel.add("user", description, payload, kernel.PROCESS)
            kernel.keyctl(kernel.SETPERM, key, 0x003f0000)
            kernel.keyctl(kernel.LINK, key, ring)
    kernel.as_user(person.uid, change)


def unchanged(person, before, what):
    """Names what has changed, and shows no payload."""
    after = person.state()
    for name in sorted({*before.files, *after.files}):
        check(before.files.get(name) == after.files.get(name), f"{what}: {name} is not as it was")
    for row in {*before.keys} ^ {*after.keys}:
        check(False, f"{what}: the ring's {row[0]} is not as it was")


def of_hub(path, since=0):
    """Requests for a path that came to any of the servers since mark(): (server, token) of each."""
    return [(server.name, request.token) for server, start in zip(SERVERS, since or (0, 0, 0))
            for request in server.asked(path, start)]


def mark():
    return tuple(server.mark() for server in SERVERS)
