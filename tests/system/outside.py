#!/usr/bin/env python3
"""The sandbox leaves no trace: what is outside is the same before and after it: outside.py BUILD"""
import os
import subprocess
import sys
import time

import harness
import kernel
from harness import case, check, equal

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = sys.argv[1]
FOLDERS = ("/etc", "/home", "/root", "/usr", "/var", "/opt", "/run", "/dev", "/mnt")
# A life in the sandbox that touches whatever it can.
LIFE = r"""
hf-tokenctl init && groupadd -g $HF_UIDS stranger && useradd -m -u $HF_UIDS -g stranger stranger
echo stranger:stranger-Wort-1 | chpasswd
su stranger -c 'echo hf_TESTstranger | hf-token login; setsid sleep 1000 & echo hf_TESTb | hf-token login --name b'
su - stranger -c 'hf-token token; hf-token status; hf-token lock'
touch /etc/new /home/new /root/new /usr/new /var/new /opt/new /tmp/new /run/new /dev/shm/new /mnt/new
rm -f /etc/hostname; logger -p auth.info something; sleep 1000 &
"""


def skipped(path):
    """The trees under test, which this run may be building in; and what other programs of a machine write by itself."""
    return path.startswith((BUILD, os.path.dirname(os.path.dirname(HERE)), "/dev/pts", "/dev/ptmx", "/dev/tty",
                            "/dev/null", "/var/log", "/var/lib/systemd", "/run/systemd", "/run/user"))


def files():
    listing = {}
    for folder in FOLDERS:
        device = os.lstat(folder).st_dev
        for path, names, others in os.walk(folder):
            names[:] = [name for name in names if os.lstat(f"{path}/{name}").st_dev == device]
            for name in [".", *others]:
                full = os.path.normpath(f"{path}/{name}")
                try:
                    status = os.lstat(full)
                except FileNotFoundError:
                    continue
                if not skipped(full):
                    listing[full] = (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns)
    return listing


def keys():
    return {(key.uid, key.type, key.description) for key in kernel.keys()}


def strange_processes():
    """Processes in another pid namespace than this one."""
    ours, found = os.readlink("/proc/self/ns/pid"), set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink(f"/proc/{pid}/ns/pid") != ours:
                found.add(pid)
        except OSError:
            pass
    return found


def run_sandbox():
    done = subprocess.run([f"{HERE}/sandbox", "--build", BUILD, "sh", "-ec", LIFE + "\necho uids $HF_UIDS"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    if done.returncode == 77:
        raise harness.Skip(done.stdout.strip())
    equal(done.returncode, 0, f"the sandbox, which said {done.stdout}")
    return int(done.stdout.split("uids ")[1])


@case("after a sandbox in which everything was touched, files, keys and processes outside are as before")
def _():
    before = files(), keys(), strange_processes()
    mounts = open("/proc/self/mounts").read()
    uid = run_sandbox()
    time.sleep(0.5)
    after = files(), keys(), strange_processes()
    changed = sorted(path for path in before[0].keys() | after[0].keys() if before[0].get(path) != after[0].get(path))
    equal(changed[:20], [], "files")
    equal(after[1] - before[1], set(), "keys that this process sees")
    equal(after[2] - before[2], set(), "processes of the sandbox that live on")
    equal(open("/proc/self/mounts").read(), mounts, "mounts")
    harness.wait_for(lambda: not kernel.keys_of(uid), "the throwaway user's keys are gone")
    check(not os.path.exists("/home/stranger"), "the user's home is outside")


harness.main()
