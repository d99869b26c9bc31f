"""Where a secret could have come to: arguments and environments, memory, files."""
import os
import re
import stat

import users
from harness import check, equal, wait_for

_TRACE = "/run/trace"


def memory(pid):
    """All that a process has mapped and can be read."""
    content = []
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            first, last, permissions = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if permissions.startswith("r") and "[v" not in line:
                try:
                    mem.seek(int(first, 16))
                    content.append(mem.read(int(last, 16) - int(first, 16)))
                except OSError:
                    pass
    return b"".join(content)


def files_below(folder):
    """But for the trees under test, which may lie in /tmp and have this very file."""
    trees = (os.environ["HF_SOURCE"], os.environ["HF_BUILD"])
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if f"{path}/{name}" not in trees]
        for name in names:
            full = f"{path}/{name}"
            if stat.S_ISREG(os.lstat(full).st_mode):
                yield full


def blocks(path):
    """What a file holds, without its holes: lastlog(8) is a few GiB of them."""
    with open(path, "rb") as file:
        position, size = 0, os.fstat(file.fileno()).st_size
        while position < size:
            try:
                start = os.lseek(file.fileno(), position, os.SEEK_DATA)
            except OSError:
                return
            position = os.lseek(file.fileno(), start, os.SEEK_HOLE)
            yield os.pread(file.fileno(), position - start, start)


def written_files():
    """All that was written in the sandbox: path and content."""
    for folder in (os.environ["HF_UPPER"], "/run", "/tmp", "/dev/shm"):
        for path in files_below(folder):
            for content in blocks(path):
                yield path, content


def traced(function, without=()):
    """Calls it in a child under strace(1), and gives what was executed from there on, all the way down: arguments and
    environments, but for words that are the test's own."""
    child = os.fork()
    if child == 0:
        try:
            wait_for(lambda: "TracerPid:\t0\n" not in open("/proc/self/status").read(), "strace is there")
            function()
            os._exit(0)
        except BaseException as problem:
            print(f"# {problem}", flush=True)
        os._exit(1)
    users.must("strace", "-f", "-v", "-s", "65536", "-e", "trace=execve", "-o", _TRACE, "-p", str(child), timeout=120)
    equal(os.waitpid(child, 0)[1], 0, "the status of what was traced")
    with open(_TRACE, errors="replace") as trace:
        lines = [line for line in trace if "execve(" in line]
    os.remove(_TRACE)
    for word in without:
        lines = [line.replace(word, "") for line in lines]
    check(lines, "nothing was traced")
    return lines
