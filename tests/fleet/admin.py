"""An administrator of a fleet, who needs no root: a folder of keys, a password, and what they type."""
import base64
import json
import os
import shutil
import subprocess

import fleettest
import users
from harness import check, equal

PLACE = "/tmp/admins"
PASSWORD = "the-Wort-of-the-fleet-7"


def host_key():
    """A host's public key that nobody has the private one of."""
    return base64.b64encode(os.urandom(32)).decode()


def token(user, number=0):
    return f"hf_TEST{user}x{number}" + "0" * 14


def csv(rows, header="user,name,token,expires"):
    return header + "\n" + "".join(",".join(row) + "\n" for row in rows)


class Admin:
    """A fleet of its own, with the pool `lab` of three hosts, that publishes to one engine."""

    def __init__(self, name, **section):
        self.folder, self.place = f"{PLACE}/{name}/fleet", f"{PLACE}/{name}"
        shutil.rmtree(self.place, ignore_errors=True)
        os.makedirs(self.place, 0o700)
        self.password = fleettest.write(f"{self.place}/password", PASSWORD + "\n", 0o600)
        self.must("key", "init")
        for host in ("one", "two", "three"):
            self.must("key", "host", "add", host, input=host_key() + "\n", password=False)
        self.must("key", "pool", "add", "lab")
        if section:
            self.publish_to(**section)
        self.must("key", "pool", "join", "lab", "one", "two", "three")

    def copy(self, name):
        """Another one with the same keys."""
        other = object.__new__(Admin)
        other.place, other.folder = f"{PLACE}/{name}", f"{PLACE}/{name}/fleet"
        shutil.rmtree(other.place, ignore_errors=True)
        shutil.copytree(self.place, other.place)
        other.password = f"{other.place}/password"
        return other

    def publish_to(self, **section):
        fleettest.write(f"{self.folder}/publish.conf", fleettest.settings(**section), 0o600)

    def words(self, *words, password=True):
        more = ["--password-file", self.password] if password and words[0] != "status" else []
        return ["hf-tokenctl", *words, "--fleet", self.folder, *more]

    def run(self, *words, input=None, password=True, **more):
        return users.run(*self.words(*words, password=password), input=input, **more)

    def must(self, *words, **more):
        done = self.run(*words, **more)
        equal(done.code, 0, f"hf-tokenctl {' '.join(words)}: {done.err}")
        return done

    def start(self, *words, **more):
        return subprocess.Popen(self.words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **more)

    def file(self, name, text, mode=0o600):
        return fleettest.write(f"{self.place}/{name}", text, mode)

    def provision(self, rows, *words, **more):
        """From a file; `rows` may be its text."""
        text = rows if isinstance(rows, str) else csv(rows)
        return self.run("provision", "--to", "lab", *words, self.file("rows", text), **more)

    def status(self, *words):
        """What `status --json` says: documents by user, and the rest."""
        done = self.run("status", "--json", *words)
        equal(done.code, 0, f"status: {done.err}")
        all_of_it = json.loads(done.out)
        return {row["user"]: row for row in all_of_it["documents"]}, all_of_it

    def names(self):
        """Which user has which tokens."""
        return {user: sorted(token["name"] for token in row["tokens"]) for user, row in self.status()[0].items()}


def summary(done, **counts):
    """That a provision has said these numbers."""
    line = [line for line in done.err.splitlines() if " unchanged" in line]
    check(len(line) == 1, f"a summary: {done.err}")
    for what, count in counts.items():
        check(f"{count} {what}" in line[0], f"{count} {what} in: {line[0]}")


def secretless(done, *secrets):
    """None of it may come up again."""
    for secret in secrets:
        check(secret not in done.out + done.err, f"a secret was said: {done}")
