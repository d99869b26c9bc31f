"""The test host tests/pam/host.c: a login that stands still between any two steps."""
import os
import subprocess

from harness import check, equal

BUILD = os.environ["HF_BUILD"]
PROGRAM = f"{BUILD}/pam-host"
FOLDER = "/etc/pam.d"

# A build with ASan would keep what was freed, and look as if it leaked.
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8",
               "ASAN_OPTIONS": "quarantine_size_mb=0:thread_local_quarantine_size_kb=0"}

# Only the module: what it does cannot be another's doing.
ALONE = """session required pam_permit.so
session optional pam_hf_token.so
"""
# The order of Debian's common-* files.
WHOLE = """auth required pam_unix.so
auth optional pam_hf_token.so {options}
account required pam_permit.so
session required pam_permit.so
session optional pam_hf_token.so {options}
password required pam_unix.so sha512
password optional pam_hf_token.so {options}
"""


def service(name, text=ALONE, options=""):
    """A service of its own; returns its name."""
    with open(f"{FOLDER}/{name}", "w") as file:
        file.write(text.format(options=options))
    return name


class Host:
    """`with Host("service", user) as host: host.do("open")`."""

    def __init__(self, name, user, before=(), environment=None):
        self.user, self.told = user, []
        self.process = subprocess.Popen([*before, PROGRAM, name, user.name], text=True, bufsize=1, cwd="/",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**ENVIRONMENT, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def attempt(self, line):
        """The status of one step. What it told the user is in `told`."""
        self.told = []
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        for answer in self.process.stdout:
            kind, _, text = answer.rstrip("\n").partition(" ")
            if kind == "done":
                return text
            self.told.append(text)
        raise AssertionError(f"the host ended at {line.split()[0]}: {self.process.wait()}")

    def do(self, *lines):
        for line in lines:
            equal(self.attempt(line), "Success", line.split()[0])

    def log_in(self):
        """As sshd by password does it."""
        self.do(f"secret {self.user.password}", "authenticate", "setcred", "open")

    def end(self):
        if self.process.returncode is None:
            self.process.stdin.close()
            status = self.process.wait(20)
            check(status == 0, f"the host ended with {status}")

    def kill(self):
        self.process.kill()
        self.process.wait()
