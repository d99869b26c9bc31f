"""How a server can go wrong. Each is put in an answer's place by Hub.fault()."""
import socket
import threading

from standin.answer import Answer


class Fault:
    """send(handler, usual) sends what there is to send; usual() gives the answer that it stands in for."""

    def send(self, handler, usual):
        raise NotImplementedError

    def end(self):
        """Lets go of whoever waits."""


class Says(Fault):
    """Another answer."""

    def __init__(self, answer):
        self.answer = answer

    def send(self, handler, usual):
        handler.send_answer(self.answer)


def html():
    """A captive portal, say."""
    return Says(Answer(200, "<!DOCTYPE html><html><body>Welcome to our WiFi</body></html>", "text/html"))


def redirect(address, status=302):
    return Says(Answer(status, "elsewhere", "text/plain", {"Location": address}))


class Silent(Fault):
    """Takes the request and says nothing until the test is over."""

    def __init__(self):
        self.over, self.waiting = threading.Event(), threading.Semaphore(0)

    def send(self, handler, usual):
        handler.close_connection = True
        self.waiting.release()
        self.over.wait(60)

    def end(self):
        self.over.set()


class Held(Silent):
    """Answers as usual, but only when told: release()."""

    def send(self, handler, usual):
        super().send(handler, usual)
        handler.send_answer(usual())

    def release(self):
        self.over.set()


class Dripping(Fault):
    """The usual answer, a byte at a time."""

    def send(self, handler, usual):
        answer = usual()
        handler.send_head(answer, len(answer.body))
        for index in range(len(answer.body)):
            handler.wfile.write(answer.body[index:index + 1])


class Cut(Fault):
    """Half of the usual answer, then the connection is reset."""

    def send(self, handler, usual):
        answer = usual()
        handler.close_connection = True
        handler.send_head(answer, len(answer.body))
        handler.wfile.write(answer.body[:len(answer.body) // 2])
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)


class Hangup(Fault):
    """No answer at all."""

    def send(self, handler, usual):
        handler.close_connection = True
        handler.connection.shutdown(socket.SHUT_RDWR)


class Lies(Fault):
    """Announces another length than it sends."""

    def __init__(self, by):
        self.by = by

    def send(self, handler, usual):
        answer = usual()
        handler.close_connection = True
        handler.send_head(answer, len(answer.body) + self.by)
        handler.wfile.write(answer.body)


class Huge(Fault):
    """The usual answer with 5 MiB of spaces after it, announced or in chunks."""

    def __init__(self, chunked=False):
        self.chunked = chunked

    def send(self, handler, usual):
        answer = usual()
        spaces = b" " * 65536
        handler.close_connection = True
        handler.send_head(answer, None if self.chunked else len(answer.body) + 80 * len(spaces))
        try:
            for part in [answer.body] + [spaces] * 80:
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part)
            if self.chunked:
                handler.wfile.write(b"0\r\n\r\n")
        except OSError:
            pass  # who does not want so much hangs up
