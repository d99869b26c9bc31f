"""What processes cost: time, processor and memory, as the kernel has it."""
import collections
import os
import statistics
import subprocess
import sys
import time

Cost = collections.namedtuple("Cost", "seconds cpu memory out")  # seconds, seconds, MiB, text


def status(pid, name):
    """A field of /proc/PID/status in MiB; 0 once the process has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            found = [line.split()[1] for line in file if line.startswith(f"{name}:")]
    except OSError:
        return 0
    return int(found[0]) / 1024 if found else 0


def cpu_of(pid):
    """Seconds of processor that a process that lives has used so far, to the nanosecond."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                total += int(file.read().split()[0])
        except OSError:
            pass  # a thread that has ended meanwhile
    return total / 1e9


def run(*argv, sampled=False, codes=(0,), **more):
    """Runs a program to its end. The processor's time is its own and that of all that it has started. `memory`, where
    `sampled`, is the most that it had: wait4(2) would count what Python had before execve(2)."""
    start, memory = time.monotonic(), 0
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **more) as process:
        while sampled and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            memory = max(memory, status(process.pid, "VmHWM"))
            time.sleep(0.01)
        out = process.stdout.read()
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode not in codes:
        sys.exit(f"bench-fleet: {' '.join(argv)} exited with {process.returncode}: {out.strip()}")
    return Cost(time.monotonic() - start, used.ru_utime + used.ru_stime, memory, out)


def median_of(count, work):
    return statistics.median(work() for _ in range(count))


def line_through(points):
    """The line of least squares as a function, for what no machine here can hold."""
    xs, ys = zip(*points)
    slope, start = statistics.linear_regression(xs, ys)
    return lambda x: start + slope * x


class Load:
    """What the processes of a cluster use between two looks."""

    def __init__(self, pids):
        self.pids, self.begun = pids, time.monotonic()
        self.before = self._cpu()

    def _cpu(self):
        return sum(cpu_of(pid) for pid in self.pids)

    def cpu(self):
        """Seconds of processor since the beginning."""
        return self._cpu() - self.before

    def cores(self):
        return self.cpu() / (time.monotonic() - self.begun)
