"""A program on a terminal of its own, and somebody who types: login, su, sudo, passwd."""
import os
import pty
import re
import select
import signal
import termios
import time


class Terminal:
    def __init__(self, *argv, user=None, environment=None):
        self.shown = ""
        # login(1) makes the terminal its own, and so leads its session itself.
        leads = argv[0] != "login"
        self.ended, ended = os.pipe()
        held, self.held = os.pipe()
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            try:
                os.close(self.held)
                if leads:
                    self._lead(ended, held)
                self._become(user)
                os.execvpe(argv[0], argv, environment or (user.environment() if user else dict(os.environ)))
            finally:
                os._exit(127)
        os.close(held)
        self.open = [self.ended, self.descriptor] if leads else [self.ended, self.descriptor, ended]
        if leads:
            os.close(ended)

    @staticmethod
    def _lead(ended, held):
        """Returns in a child. The session's leader outlives it until all is read: when a leader ends, the kernel hangs
        the terminal up and drops what it has not passed on yet."""
        program = os.fork()
        if program == 0:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_IGN)
        _, status = os.waitpid(program, 0)
        os.close(ended)
        os.read(held, 1)
        code = os.waitstatus_to_exitcode(status)
        os._exit(128 - code if code < 0 else code)

    @staticmethod
    def _become(user):
        if user:
            os.fchown(0, user.uid, 5)
            os.chdir(user.home)
            os.setgroups([user.uid])
            os.setresgid(user.uid, user.uid, user.uid)
            os.setresuid(user.uid, user.uid, user.uid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self, until):
        """What was written since; None: nothing yet; b"": the program has ended and all is read."""
        ready, _, _ = select.select([self.descriptor, self.ended], [], [], max(0, until - time.monotonic()))
        # Asked anew after the end: whatever was written before it is there then.
        written, _, _ = select.select([self.descriptor], [], [], 0)
        try:
            more = os.read(self.descriptor, 65536) if written else b"" if self.ended in ready else None
        except OSError:  # EIO: the other side is gone
            more = b""
        if more:
            self.shown += more.decode(errors="replace").replace("\r", "")
        return more

    def expect(self, pattern, seconds=20):
        """Waits until the pattern shows, and returns what was shown up to its end; that is then behind us."""
        until = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.shown)
            if found:
                before, self.shown = self.shown[:found.end()], self.shown[found.end():]
                return before
            if time.monotonic() > until or self._read(until) == b"":
                raise AssertionError(f"{pattern!r} was not shown; the terminal shows {self.shown[-800:]!r}")

    def send(self, line):
        os.write(self.descriptor, line.encode() + b"\n")

    def answer(self, pattern, line):
        """Waits for a question that hides its answer (echo off), and types. Returns what was shown up to then."""
        question = self.expect(pattern)
        until = time.monotonic() + 5
        while termios.tcgetattr(self.descriptor)[3] & termios.ECHO and time.monotonic() < until:
            time.sleep(0.01)
        self.send(line)
        return question

    def rest(self, seconds=20):
        """Everything up to the program's end."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._read(until) == b"":
                return self.shown
        raise AssertionError(f"the program did not end; the terminal shows {self.shown[-800:]!r}")

    def wait(self):
        """The program's exit code, or 128 + its signal."""
        if self.pid:
            self._release()
            _, status = os.waitpid(self.pid, 0)
            self.pid = 0
            self.code = os.waitstatus_to_exitcode(status)
            self.code = 128 - self.code if self.code < 0 else self.code
        return self.code

    def _release(self):
        if self.held >= 0:
            os.close(self.held)
            self.held = -1

    def close(self):
        """As if the terminal was closed: SIGHUP to whoever is left."""
        self._release()
        if self.descriptor >= 0:
            for descriptor in self.open:
                os.close(descriptor)
            self.descriptor = -1
        for number in (0, signal.SIGTERM, signal.SIGKILL):
            until = time.monotonic() + 3
            while self.pid and time.monotonic() < until:
                done, _ = os.waitpid(self.pid, os.WNOHANG)
                if done:
                    self.pid = 0
                time.sleep(0.02)
            if self.pid and number != signal.SIGKILL:
                os.kill(self.pid, signal.SIGKILL if number else signal.SIGTERM)
