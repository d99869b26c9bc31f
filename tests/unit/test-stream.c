/* Reading and writing on pipes and sockets: deadlines, interruptions, ends that are gone. */
#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

static volatile sig_atomic_t interruptions;

static void count_interruption(int number)
{
    (void)number;
    interruptions = interruptions + 1;
}

/* A signal each 5 ms that no call survives: without SA_RESTART. */
static void interrupt(bool on)
{
    struct sigaction action = {.sa_handler = on ? count_interruption : SIG_DFL};
    const struct itimerval often = {
        {0, on ? 5000 : 0},
        {0, on ? 5000 : 0}
    };
    if (on)
        assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    if (!on)
        assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
}

/* A child that writes or reads `size` bytes, after a while. */
static pid_t start_peer(int reader, int writer, bool writes, size_t size)
{
    pid_t peer = fork();
    assert_true(peer >= 0);
    if (peer == 0) {
        static char bytes[1 << 20];
        size_t length = 0;
        close(writes ? reader : writer);
        usleep(100000);
        enum hf_error error =
            writes ? io_write(writer, bytes, size) : io_read(reader, bytes, size, &length);
        _exit(error == HF_OK ? 0 : 1);
    }
    return peer;
}

static void assert_ends_well(pid_t peer)
{
    int status = -1;
    assert_int_equal(waitpid(peer, &status, 0), peer);
    assert_int_equal(status, 0);
}

static void interrupted_reading_goes_on(void **state)
{
    (void)state;
    char bytes[8];
    for (int timed = 0; timed < 2; timed++) {
        int ends[2];
        size_t length = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t peer = start_peer(ends[0], ends[1], true, 6);
        close(ends[1]);
        interruptions = 0;
        interrupt(true);
        enum hf_error error = timed ? io_read_until(ends[0], clock_ms() + 5000, bytes, 8, &length)
                                    : io_read(ends[0], bytes, 8, &length);
        interrupt(false);
        OK(error);
        assert_int_equal(length, 6);
        assert_true(interruptions > 3);
        assert_ends_well(peer);
        close(ends[0]);
    }
}

static void interrupted_writing_goes_on(void **state)
{
    (void)state;
    static char bytes[1 << 20];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t peer = start_peer(ends[0], ends[1], false, sizeof bytes);
    close(ends[0]);
    interruptions = 0;
    interrupt(true);
    enum hf_error error = io_write(ends[1], bytes, sizeof bytes);
    interrupt(false);
    OK(error);
    assert_true(interruptions > 3);
    assert_ends_well(peer);
    close(ends[1]);
}

static void failing_calls_are_errors(void **state)
{
    (void)state;
    char bytes[4] = "abc";
    size_t length = 77;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    FAILS(io_read(ends[1], bytes, 4, &length), HF_EIO);
    assert_int_equal(errno, EBADF);
    FAILS(io_read_until(-1, clock_ms() + 100, bytes, 4, &length), HF_EDEADLINE);
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    FAILS(io_read_until(folder, clock_ms() + 100, bytes, 4, &length), HF_EIO);
    FAILS(io_read(folder, bytes, 4, &length), HF_EIO);
    assert_int_equal(errno, EISDIR);
    close(folder);
    FAILS(io_write(ends[0], bytes, 4), HF_EIO);
    assert_int_equal(length, 77);
    close(ends[0]);
    close(ends[1]);
}

static void reading_until_keeps_the_deadline(void **state)
{
    (void)state;
    int ends[2];
    char bytes[4];
    size_t length = 0;
    assert_int_equal(pipe(ends), 0);
    OK(io_write(ends[1], "ab", 2));
    deadline_ms start = clock_ms();
    FAILS(io_read_until(ends[0], start + 50, bytes, 4, &length), HF_EDEADLINE);
    assert_in_range(clock_ms() - start, 50, 1000);
    OK(io_write(ends[1], "cd", 2));
    close(ends[1]);
    OK(io_read_until(ends[0], clock_ms() + 1000, bytes, 4, &length));
    assert_int_equal(length, 2);
    assert_memory_equal(bytes, "cd", 2);
    close(ends[0]);
}

static void writing_to_a_closed_socket_is_no_signal(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    close(ends[0]);
    FAILS(io_write(ends[1], "x", 1), HF_EIO);
    close(ends[1]);
}

static void text_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    char text[4];
    OK(text_format(text, sizeof text, "%d", 123));
    FAILS(text_format(text, sizeof text, "%d", 1234), HF_ETOOBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupted_reading_goes_on),
        cmocka_unit_test(interrupted_writing_goes_on),
        cmocka_unit_test(failing_calls_are_errors),
        cmocka_unit_test(reading_until_keeps_the_deadline),
        cmocka_unit_test(writing_to_a_closed_socket_is_no_signal),
        cmocka_unit_test(text_that_does_not_fit_is_an_error),
    };
    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
