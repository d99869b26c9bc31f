"""Throwaway users: each with a high uid, a home, a password, and what they may do with their tokens."""
import collections
import itertools
import os
import shutil
import subprocess

import kernel

Result = collections.namedtuple("Result", "code out err")

_uids = itertools.count(int(os.environ["HF_UIDS"]))
KEY = "/root/.ssh/id_test"  # the ssh key that opens every throwaway user's account


def run(*argv, input=None, timeout=60, **more):
    """Runs a program as root (or as more says) to its end."""
    done = subprocess.run(argv, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL if input is None else None, timeout=timeout, **more)
    return Result(done.returncode, done.stdout, done.stderr)


def must(*argv, **more):
    """The output of a program that has to succeed."""
    done = run(*argv, **more)
    if done.code != 0:
        raise AssertionError(f"{argv[0]} exited with {done.code}: {done.err.strip() or done.out.strip()}")
    return done.out


def _make_key():
    if not os.path.exists(KEY):
        os.makedirs(os.path.dirname(KEY), mode=0o700, exist_ok=True)
        must("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", KEY)


class User:
    def __init__(self, name, password=None, numbered=True):
        self.uid = next(_uids)
        self.name = f"{name}{self.uid % 100}" if numbered else name
        self.password = password or f"pass-{name}-{self.uid}-Wort"
        self.token = f"hf_TEST{name}{self.uid}" + "0" * 20
        self.home = f"/home/{self.name}"
        must("groupadd", "-g", str(self.uid), self.name)
        must("useradd", "-m", "-u", str(self.uid), "-g", self.name, "-s", "/bin/bash", self.name)
        self.set_password(self.password)
        self._allow_key()
        self.folder = f"{self.home}/.local/share/hf-token"
        self.document = f"{self.folder}/tokens.json"
        self.identity = f"{self.folder}/identity.json"

    def set_password(self, password):
        """As root, which tells no old one."""
        must("chpasswd", input=f"{self.name}:{password}\n")
        self.password = password

    def _allow_key(self):
        _make_key()
        folder = f"{self.home}/.ssh"
        os.mkdir(folder, 0o700)
        shutil.copy(f"{KEY}.pub", f"{folder}/authorized_keys")
        for path in (folder, f"{folder}/authorized_keys"):
            os.chown(path, self.uid, self.uid)

    def environment(self):
        return {"HOME": self.home, "USER": self.name, "LOGNAME": self.name, "LANG": "C.UTF-8",
                "PATH": "/usr/local/bin:/usr/bin:/bin", "TERM": "xterm"}

    def run(self, *argv, input=None, timeout=60, **more):
        """Runs a program as the user outside any session, as a service would: with somebody else's keyring."""
        return run(*argv, input=input, timeout=timeout, user=self.uid, group=self.uid, extra_groups=[],
                   cwd=self.home, env=self.environment(), **more)

    def must(self, *argv, **more):
        done = self.run(*argv, **more)
        if done.code != 0:
            raise AssertionError(f"{' '.join(argv)} exited with {done.code}: {done.err.strip()}")
        return done.out

    def run_in_session(self, *argv, **more):
        """The same in a fresh session keyring of the user's own that ends with it."""
        return self.run("keyctl", "session", "-", *argv, **more)

    def add(self, seal="host", token=None, name="main"):
        """Adds a token as the user would, from a script."""
        token = token or self.token
        return self.must("hf-token", "login", "--no-check", "--name", name, "--seal", seal,
                         input=f"{token}\n{self.password}\n")

    def seal_by_hand(self, name, seconds, seal="host", grant=None):
        """Adds a token that has `seconds` left, which may be negative, and a grant."""
        must(f"{os.environ['HF_BUILD']}/seal-by-hand", self.name, name, str(seconds), seal, *([grant] if grant else []),
             input=self.token + "\n")

    def tokens(self):
        return kernel.tokens(self.uid)

    def grants(self):
        return kernel.grants(self.uid)

    def keys(self):
        return kernel.keys_of(self.uid)

    def has_ring(self):
        return bool(kernel.rings(self.uid))

    def write(self, path, content, mode=0o600):
        """Puts a file into the user's home, as theirs."""
        folder = os.path.dirname(path)
        self.must("mkdir", "-p", "-m", "700", folder)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        os.chown(path, self.uid, self.uid)
        os.chmod(path, mode)


def host_key():
    """This machine's host key, made if there is none."""
    if not os.path.exists("/etc/hf-token/host.pub"):
        must("hf-tokenctl", "init")
