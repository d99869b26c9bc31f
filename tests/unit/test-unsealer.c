/* What root's half of the session helper tells the other, which runs as the user, about pools: that
 * there is a key, in a refresh, and no more. */
#include "tests/unit/check.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/pool.h"
#include "tests/unit/sealed.h"
#include "tools/session/ask.h"
#include "tools/session/unsealer.h"

/* Answers one question, and then there is a report. */
static struct answer ask_one(uint32_t operation, const struct ask *ask)
{
    const struct wire_request request = {.operation = operation, .user = "alice"};
    const struct ask report = {.kind = ASK_REPORT};
    SCOPED(unsealer) struct unsealer *unsealer = NULL;
    struct wire_reply reply;
    struct secret *token = NULL;
    struct answer answer;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    OK(io_write(ends[1], ask, sizeof *ask));
    OK(io_write(ends[1], &report, sizeof report));
    OK(unsealer_new(&request, NULL, NULL, clock_ms() + 5000, &unsealer));
    OK(unsealer_serve(unsealer, ends[0], &reply, &token));
    assert_null(token);
    assert_int_equal(recv(ends[1], &answer, sizeof answer, MSG_WAITALL), sizeof answer);
    close(ends[0]);
    close(ends[1]);
    return answer;
}

static struct ask ask_for(const uint8_t recipient[static KEY_BYTES])
{
    struct ask ask = {.kind = ASK_POOL};
    memcpy(ask.recipient, recipient, KEY_BYTES);
    return ask;
}

static uint32_t pool_error(uint32_t operation, const uint8_t recipient[static KEY_BYTES])
{
    static const uint8_t nothing[KEY_BYTES];
    const struct ask ask = ask_for(recipient);
    const struct answer answer = ask_one(operation, &ask);
    assert_memory_equal(answer.key, nothing, sizeof nothing);
    return answer.error;
}

static void whether_there_is_a_pools_key(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pool = new_pair();
    SCOPED(key_pair) struct key_pair other = new_pair();
    SCOPED(key_pair) struct key_pair host = new_pair();
    struct pool_key kept = {.pool = "lab"};
    if (geteuid() != 0)
        skip();
    assert_true(mkdir(HF_POOLS_FOLDER, 0700) == 0);
    memcpy(kept.public_key, pool.public_key, KEY_BYTES);
    OK(pool_seal(&pool, host.public_key, kept.sealed));
    OK(pools_replace(&kept, 1));
    assert_int_equal(pool_error(WIRE_REFRESH, pool.public_key), HF_OK);
    assert_int_equal(pool_error(WIRE_REFRESH, other.public_key), HF_ENOSLOT);
    /* It is nobody else's question. */
    for (uint32_t operation = WIRE_OPEN; operation <= WIRE_FETCH; operation++)
        if (operation != WIRE_REFRESH)
            assert_int_equal(pool_error(operation, pool.public_key), HF_EPROTOCOL);
    OK(pools_replace(NULL, 0));
    assert_int_equal(pool_error(WIRE_REFRESH, pool.public_key), HF_ENOSLOT);
}

static int forget_pools(void **state)
{
    (void)state;
    (void)unlink(HF_POOLS_FOLDER "/.lock");
    (void)rmdir(HF_POOLS_FOLDER);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(whether_there_is_a_pools_key, forget_pools),
    };
    return cmocka_run_group_tests_name("unsealer", tests, start_store, NULL);
}
