"""Objects that an administrator publishes, signed by hand; and the sources that ask for them, run as the session
helper runs them."""
import base64
import collections
import grp
import os
import pwd
import re
import struct
import subprocess
import time

import users

ACCOUNT, CACHE, SEEN = "hf-token", "/var/cache/hf-token", "/var/lib/hf-token/seen"
SITE, SIGNERS = "/etc/hf-token/fleet.conf", "/etc/hf-token/signers"
HELPERS = "/usr/libexec/hf-token"
BY_HAND = f"{os.environ['HF_BUILD']}/publish-by-hand"
KEYS = "/root/keys"
DEADLINE = 5.0  # the module's own, in seconds

# The exit codes of store/source.h.
CODES = {0: "OK", 67: "NOTFOUND", 69: "UNAVAIL", 75: "TRYAGAIN", 105: "TOOBIG", 106: "UNSIGNED", 107: "ROLLBACK",
         108: "OUTDATED", 109: "REFUSED", 110: "UNTRUSTED", 111: "LOGIN", 112: "CONFIG", 113: "DEADLINE",
         114: "USER", 115: "FORMAT", 116: "VERSION", 117: "FUTURE", 118: "STALE"}

Answer = collections.namedtuple("Answer", "code confirmed trouble bytes seconds reason")


def account():
    """The system account that asks; made as an administrator makes it."""
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        users.must("hf-tokenctl", "init", "--fleet")
    return pwd.getpwnam(ACCOUNT)


def folders():
    """Empty ones of the account's."""
    users.must("rm", "-rf", CACHE, SEEN)
    users.must("hf-tokenctl", "init", "--fleet")


def write(path, content, mode=0o644, owner=0):
    """Whole or not at all, as configuration management puts a file."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    with open(f"{path}.tmp", "wb") as out:
        out.write(content if isinstance(content, bytes) else content.encode())
    os.chmod(f"{path}.tmp", mode)
    os.chown(f"{path}.tmp", owner, grp.getgrgid(0).gr_gid)
    os.rename(f"{path}.tmp", path)


def by_hand(*words, token=None):
    os.makedirs(KEYS, mode=0o700, exist_ok=True)
    done = subprocess.run([BY_HAND, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30,
                          input=b"" if token is None else f"{token}\n".encode())
    if done.returncode != 0:
        raise AssertionError(f"publish-by-hand {words}: {done.returncode} {done.stderr.decode()}")
    return done.stdout


def host():
    """This machine's public key, in base64."""
    users.host_key()
    with open("/etc/hf-token/host.pub") as file:
        return file.read().strip()


def host_hex():
    return base64.b64decode(host()).hex()


def pool(name):
    return by_hand("pool", f"{KEYS}/{name}.pool").decode().strip()


class Signer:
    """Someone who can sign. Whether anybody trusts them is another matter: trust()."""

    def __init__(self, name):
        self.key = f"{KEYS}/{name}"
        self.public = by_hand("signer", self.key).decode().strip()

    def document(self, user, generation, token=None, name="main", recipients=None, until=86400):
        """A user's document, with one token or none. `user` is a name, or a throwaway user."""
        user = getattr(user, "name", user)
        words = [] if token is None else [name, *(recipients or [f"host:{host()}"])]
        return by_hand("document", self.key, user, generation, until, *words, token=token)

    def head(self, generation, is_open=False, until=86400):
        return by_hand("head", self.key, generation, until, "open" if is_open else "closed")

    def keys(self, generation, *pools, until=86400, of=None):
        named = [f"{name}:{KEYS}/{name}.pool" for name in pools]
        return by_hand("keys", self.key, of or host(), generation, until, *named)


def trust(*signers):
    write(SIGNERS, "".join(f"{signer.public} a signer\n" for signer in signers))


def ask(source, *words, milliseconds=5000, user=None, before=()):
    """Runs a source as the account, or as another user (0: root), and takes its answer apart."""
    who = account() if user is None else pwd.getpwuid(user)
    argv = [f"{HELPERS}/hf-token-source-{source}", words[0], str(milliseconds), *words[1:]]
    start = time.monotonic()
    done = subprocess.run([*before, *argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, user=who.pw_uid, group=who.pw_gid, extra_groups=[], cwd="/", env={})
    seconds = time.monotonic() - start
    if done.stderr:
        raise AssertionError(f"{source} wrote to standard error: {done.stderr!r}")
    code = CODES.get(done.returncode, done.returncode)
    if code != "OK":
        return Answer(code, 0, None, b"", seconds, done.stdout.decode())
    found = re.fullmatch(rb"confirmed ([1-9][0-9]*) ([0-9]+)(?: ([^\n]+))?\n(.*)", done.stdout, re.S)
    if found is None:
        return Answer(code, 0, None, done.stdout, seconds, "")
    return Answer(code, int(found[1]), CODES[int(found[2])], found[4], seconds, (found[3] or b"").decode())


def record(source, name):
    return f"{CACHE}/{source}/{name}.record"


def set_confirmed(source, name, seconds):
    """As if the record was confirmed so many seconds ago; less than 0 is in the future, the clock having been set
    back."""
    with open(record(source, name), "r+b") as file:
        file.seek(8)
        file.write(struct.pack("=Q", int(time.time()) - seconds))


def empty_cache():
    for source in os.listdir(CACHE):
        users.must("rm", "-rf", f"{CACHE}/{source}")
