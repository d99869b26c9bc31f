"""The kernel's keys as tests look at them: keyctl(2) without the product's own code, and /proc/keys."""
import collections
import ctypes
import os
import pickle

_libc = ctypes.CDLL(None, use_errno=True)
_ADD_KEY, _KEYCTL = 248, 250  # x86-64; the same numbers are asked of the header on other machines
if os.uname().machine == "aarch64":
    _ADD_KEY, _KEYCTL = 217, 219

# keyctl(2)'s operations and special keyrings
GET_ID, JOIN, UPDATE, REVOKE, CHOWN, DESCRIBE, CLEAR, LINK, UNLINK, SEARCH, READ = 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11
SETPERM, SET_TIMEOUT, INVALIDATE = 5, 15, 21
THREAD, PROCESS, SESSION, USER = -1, -2, -3, -4

Key = collections.namedtuple("Key", "serial flags usage timeout permission uid gid type description")


def _call(number, *arguments):
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def keyctl(operation, *arguments):
    """keyctl(2) with numbers and bytes; what it returns, or OSError."""
    typed = [ctypes.c_char_p(a) if isinstance(a, (bytes, type(None))) else ctypes.c_long(a) for a in arguments]
    return _call(_KEYCTL, ctypes.c_long(operation), *typed)


def join_session():
    """A fresh session keyring for this process, as pam_keyinit makes one."""
    return keyctl(JOIN, None)


def add(kind, description, payload, ring):
    return _call(_ADD_KEY, kind.encode(), description.encode(), payload,
                 ctypes.c_size_t(len(payload)), ctypes.c_int(ring))


def read(serial):
    """A key's payload, or OSError."""
    size = keyctl(READ, serial, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 1))
    size = _call(_KEYCTL, ctypes.c_long(READ), ctypes.c_long(serial), buffer, ctypes.c_size_t(size))
    return buffer.raw[:size]


def invalidate(serial):
    try:
        keyctl(INVALIDATE, serial)
    except OSError:
        pass


def as_user(uid, function, *arguments):
    """What the function returns, run in a child that has the user's ids; its exceptions are raised here. The child
    keeps this process's session keyring, as a service has another's."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            answer = function(*arguments)
        except BaseException as problem:  # the parent's to judge
            answer = problem
        with open(writer, "wb") as pipe:
            pickle.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        answer = pickle.load(pipe)
    os.waitpid(child, 0)
    if isinstance(answer, BaseException):
        raise answer
    return answer


def keys():
    """What this process may see of /proc/keys(5). Dead keys that wait for the kernel's collector (revoked,
    invalidated, expired) are left out."""
    found = []
    with open("/proc/keys") as lines:
        for line in lines:
            serial, flags, usage, timeout, permission, owner, group, kind, *rest = line.split(None, 8)
            dead = set(flags) & set("RDi") or timeout == "expd"
            if not dead:
                found.append(Key(int(serial, 16), flags, int(usage), timeout, int(permission, 16), int(owner),
                                 int(group), kind, rest[0].rsplit(":", 1)[0].strip() if rest else ""))
    return found


def keys_of(uid):
    """The live keys that a user owns, as that user sees them: nobody else may, not even root."""
    return [key for key in as_user(uid, keys) if key.uid == uid]


def _names(uid, prefix):
    return sorted(key.description[len(prefix):] for key in keys_of(uid) if key.description.startswith(prefix))


def tokens(uid):
    """The names of the user's tokens in the kernel, sorted; one that lies there twice comes twice."""
    return _names(uid, "hf-token:")


def grants(uid):
    """The same of what refreshes tokens."""
    return _names(uid, "hf-token.grant:")


def rings(uid):
    return [key.serial for key in keys_of(uid) if key.type == "keyring" and key.description == "hf-token"]


def forget(uid):
    """Takes away all that a user has in the kernel; the keyring @u would stay until the machine stops."""
    def invalidate_all():
        for key in keys():
            if key.uid == uid:
                invalidate(key.serial)
    as_user(uid, invalidate_all)
