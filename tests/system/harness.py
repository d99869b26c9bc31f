"""A small test runner. A test is a function under @case("what it shows"); it fails by an exception. Output is TAP,
one line per test, with the reason and the log of the time below a failure."""
import itertools
import os
import sys
import syslog
import time
import traceback

_cases = []
_marks = itertools.count()


class Skip(Exception):
    """Raised by a test that this machine cannot run; the text says why."""


def case(title):
    def keep(function):
        _cases.append((title, function))
        return function
    return keep


def add_case(title, function, *arguments):
    """For rows of a table: one test per call."""
    _cases.append((title, lambda: function(*arguments)))


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def equal(got, wanted, what):
    check(got == wanted, f"{what}: got {got!r}, wanted {wanted!r}")


def contains(text, part, what):
    check(part in text, f"{what}: {part!r} is not in {text!r}")


def wait_for(question, what, seconds=10):
    """Asks until the answer is true, and returns it."""
    until = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        check(time.monotonic() < until, f"after {seconds} s still not: {what}")
        time.sleep(0.02)


class Log:
    """What was written to /dev/log since this object was made."""

    def __init__(self):
        self.path = os.environ["HF_LOG"]
        self.start = os.path.getsize(self.path)

    def text(self):
        """All that was sent before this call: the collector gets this mark after it."""
        mark = f"-- mark {next(_marks)} --"
        syslog.syslog(mark)
        while True:
            with open(self.path, "rb") as log:
                log.seek(self.start)
                text = log.read().decode(errors="replace")
            if mark in text:
                return "".join(line for line in text.splitlines(True) if "-- mark " not in line)
            time.sleep(0.002)

    def lines(self, user=None):
        """The module's lines, those about one user if asked."""
        return [line for line in self.text().splitlines()
                if "pam_hf_token(" in line and (user is None or f" {user.name}: " in line)]

    def only_line(self, user):
        """The one line about the user; more or none is a failure."""
        lines = self.lines(user)
        check(len(lines) == 1, f"one line in the log was wanted, not {lines}")
        return lines[0]


def _reason(problem):
    if not isinstance(problem, AssertionError):
        return traceback.format_exc()
    lines = [frame.lineno for frame in traceback.extract_tb(problem.__traceback__)
             if frame.filename == os.path.abspath(sys.argv[0])]
    return f"line {lines[-1] if lines else '?'}: {problem}"


def _run(number, title, function):
    log = Log() if "HF_LOG" in os.environ else None
    try:
        function()
    except Skip as reason:
        print(f"ok {number} - {title} # SKIP {reason}", flush=True)
    except BaseException as problem:
        if isinstance(problem, KeyboardInterrupt):
            raise
        print(f"not ok {number} - {title}")
        notes = _reason(problem).splitlines() + (log.text().splitlines()[-12:] if log else [])
        print("".join(f"#   {line}\n" for line in notes), end="", flush=True)
        return False
    else:
        print(f"ok {number} - {title}", flush=True)
    return True


def main():
    """Runs the file's tests, or those with HF_TEST_ONLY in the title; exits 1 if one failed."""
    only = os.environ.get("HF_TEST_ONLY", "")
    chosen = [row for row in _cases if only in row[0]]
    results = [_run(number, *row) for number, row in enumerate(chosen, 1)]
    print(f"1..{len(chosen)}", flush=True)
    sys.exit(0 if all(results) else 1)
