#include "tools/line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"

/* Signals that would leave a terminal without echo behind. */
static const int watched[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGALRM};

/* Longest answer to a question; more is no answer. */
#define ANSWER_MAX 16

/* A line while it is typed or read. */
struct typing {
    int fd, signals; /* signals -1: not watched */
    bool terminal;   /* with these editing keys */
    struct termios keys;
    struct secret *line;
    bool too_long;
    int signal; /* the one that came, or 0 */
};

bool line_interactive(void)
{
    return isatty(STDIN_FILENO) == 1;
}

static void add_byte(struct typing *typing, char c)
{
    const size_t length = secret_length(typing->line);
    if (length == secret_capacity(typing->line)) {
        typing->too_long = true;
        return;
    }
    secret_bytes(typing->line)[length] = (uint8_t)c;
    secret_set_length(typing->line, length + 1);
}

/* Waits for a byte; false when a signal came first. Without a terminal signals have their usual
 * effect. */
static bool wait_byte(struct typing *typing)
{
    struct pollfd polled[] = {
        {.fd = typing->fd,      .events = POLLIN},
        {.fd = typing->signals, .events = POLLIN}
    };
    struct signalfd_siginfo info;
    while (poll(polled, 2, -1) < 0)
        if (errno != EINTR)
            return true;
    if ((polled[1].revents & POLLIN) == 0 ||
        read(typing->signals, &info, sizeof info) != sizeof info)
        return true;
    typing->signal = (int)info.ssi_signo;
    return false;
}

/* Takes back a character, which is all of its bytes where the terminal is said to be UTF-8:
 * termios(3). */
static void erase(struct typing *typing)
{
    size_t length = secret_length(typing->line);
    const uint8_t *bytes = secret_view(typing->line);
    if ((typing->keys.c_iflag & IUTF8) != 0)
        while (length > 0 && (bytes[length - 1] & 0xc0) == 0x80)
            length--;
    secret_set_length(typing->line, length > 0 ? length - 1 : 0);
}

/* The terminal's line editing, which ends at 4,095 bytes, termios(3), and tokens do not: so it is
 * done here. */
static bool edited(struct typing *typing, char c)
{
    if (!typing->terminal)
        return false;
    if (c == '\b' || c == 0x7f || (cc_t)c == typing->keys.c_cc[VERASE])
        erase(typing);
    else if ((cc_t)c == typing->keys.c_cc[VKILL])
        secret_set_length(typing->line, 0);
    else
        return false;
    return true;
}

/* Reads byte by byte: what follows the line is for the next one who reads. */
static enum hf_error type_line(struct typing *typing)
{
    for (;;) {
        char c;
        if (!wait_byte(typing))
            return HF_OK;
        ssize_t got = read(typing->fd, &c, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return HF_EIO;
        bool ended = got == 0 || (typing->terminal && (cc_t)c == typing->keys.c_cc[VEOF]);
        if (ended && secret_length(typing->line) == 0)
            return HF_EEMPTY;
        if (ended || c == '\n' || (typing->terminal && c == '\r'))
            return typing->too_long ? HF_ETOOBIG : HF_OK;
        if (!edited(typing, c))
            add_byte(typing, c);
        explicit_bzero(&c, sizeof c);
    }
}

/* Asks once, with echo off, and leaves the terminal as it was. TCSAFLUSH drops what was typed
   before the question, and what a paste brought behind its first line: it would go to the shell. */
static enum hf_error ask_quietly(struct typing *typing, const char *prompt)
{
    struct termios before, quiet;
    if (tcgetattr(typing->fd, &before) != 0)
        return HF_EIO;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON);
    quiet.c_cc[VMIN] = 1;
    quiet.c_cc[VTIME] = 0;
    typing->terminal = true;
    typing->keys = before;
    typing->signal = 0;
    secret_set_length(typing->line, 0);
    if (tcsetattr(typing->fd, TCSAFLUSH, &quiet) != 0)
        return HF_EIO;
    enum hf_error error = io_write(typing->fd, prompt, strlen(prompt));
    if (error == HF_OK)
        error = type_line(typing);
    int saved = errno;
    (void)tcsetattr(typing->fd, TCSAFLUSH, &before);
    (void)!io_write(typing->fd, "\n", 1);
    errno = saved;
    return error;
}

/* Signals wait while the terminal is quiet, and take effect in between: after a stop the question
 * comes again. */
static enum hf_error ask_watched(struct typing *typing, const char *prompt)
{
    sigset_t set, before;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++)
        sigaddset(&set, watched[i]);
    SCOPED(fd) int signals = signalfd(-1, &set, SFD_CLOEXEC);
    if (signals < 0)
        return HF_EIO;
    typing->signals = signals;
    for (;;) {
        if (sigprocmask(SIG_BLOCK, &set, &before) != 0)
            return HF_EIO;
        enum hf_error error = ask_quietly(typing, prompt);
        const int signal = typing->signal;
        if (signal != 0)
            (void)raise(signal);
        (void)sigprocmask(SIG_SETMASK, &before, NULL);
        if (signal == 0)
            return error;
    }
}

enum hf_error line_ask(const char *prompt, size_t maximum, struct secret **out_line)
{
    SCOPED(secret) struct secret *line = NULL;
    SCOPED(fd) int terminal = -1;
    struct typing typing = {.fd = STDIN_FILENO, .signals = -1};
    TRY(secret_new(maximum, &line));
    typing.line = line;
    if (line_interactive()) {
        terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
        typing.fd = terminal >= 0 ? terminal : STDIN_FILENO;
        TRY(ask_watched(&typing, prompt));
    } else {
        TRY(type_line(&typing));
    }
    *out_line = TAKE(line);
    return HF_OK;
}

bool line_yes(const char *question)
{
    SCOPED(secret) struct secret *line = NULL;
    return line_ask(question, ANSWER_MAX, &line) == HF_OK && secret_length(line) > 0 &&
           (secret_view(line)[0] == 'y' || secret_view(line)[0] == 'Y');
}
