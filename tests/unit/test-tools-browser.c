/* The login in the browser: when the Hub is asked, and what each of its answers leads to. Time is
 * the test's own: it goes on when somebody sleeps. */
#include "tests/unit/captured.h"

#include <time.h>

#include "hub/endpoint.h"
#include "hub/oauth.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/browser.h"
#include "tools/hf-token-hub/client.h"

const char program_name[] = "hf-token";

#define ASKED_MAX 256

/* The Hub: what it answers in turn (the last one ever again), and when it was asked. */
static struct {
    enum hub_fault_kind start;
    long status;
    unsigned interval, lifetime;
    enum oauth_state states[8];
    size_t state_count;
    unsigned wait; /* of a fault */
    deadline_ms now, asked[ASKED_MAX];
    size_t count;
} hub;

deadline_ms __wrap_clock_ms(void);
deadline_ms __wrap_clock_ms(void)
{
    return hub.now;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    hub.now += (deadline_ms)time->tv_sec * 1000 + (deadline_ms)time->tv_nsec / 1000000;
    return 0;
}

enum hub_fault_kind __wrap_device_start(const struct endpoint *endpoint, const char *client_id,
                                        struct device *out_device, struct hub_fault *out_fault);
enum hub_fault_kind __wrap_device_start(const struct endpoint *endpoint, const char *client_id,
                                        struct device *out_device, struct hub_fault *out_fault)
{
    (void)endpoint;
    assert_string_equal(client_id, "an-id");
    *out_fault = (struct hub_fault){.kind = hub.start, .status = hub.status};
    if (hub.start != HUB_OK)
        return hub.start;
    *out_device = (struct device){.code = secret_of("device-code"),
                                  .user_code = "AB\x1b-CD",
                                  .address = "https://hub.test/device",
                                  .whole_address = "https://hub.test/device?c=AB-CD",
                                  .interval = hub.interval,
                                  .lifetime = hub.lifetime};
    return HUB_OK;
}

enum oauth_state __wrap_device_poll(const struct endpoint *endpoint, const char *client_id,
                                    const struct device *device, struct oauth_tokens *out_tokens,
                                    struct hub_fault *out_fault);
enum oauth_state __wrap_device_poll(const struct endpoint *endpoint, const char *client_id,
                                    const struct device *device, struct oauth_tokens *out_tokens,
                                    struct hub_fault *out_fault)
{
    (void)endpoint;
    (void)client_id;
    assert_secret(device->code, "device-code");
    const size_t turn = hub.count < hub.state_count ? hub.count : hub.state_count - 1;
    assert_true(hub.count < ASKED_MAX);
    hub.asked[hub.count++] = hub.now;
    *out_fault = (struct hub_fault){.kind = HUB_BROKEN, .status = 503, .wait = hub.wait};
    if (hub.states[turn] == OAUTH_DONE)
        out_tokens->access = secret_of("hf_TESTgiven");
    return hub.states[turn];
}

/* Logs in, and gives what is said. */
static char *log_in(int code)
{
    const struct endpoint endpoint = {.url = "https://hub.test"};
    const struct client client = {.id = "an-id", .origin = "the test"};
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    struct capture capture = capture_begin(STDERR_FILENO);
    const int given = browser_login("login", &endpoint, &client, &tokens);
    char *text = capture_end(&capture);
    assert_int_equal(given, code);
    if (code == TOOL_OK)
        assert_secret(tokens.access, "hf_TESTgiven");
    else
        assert_null(tokens.access);
    return text;
}

static int begin(void **state)
{
    (void)state;
    memset(&hub, 0, sizeof hub);
    hub.interval = 5;
    hub.lifetime = 900;
    hub.now = 1000000;
    hub.state_count = 1;
    return 0;
}

static void answer(const enum oauth_state *states, size_t count)
{
    memcpy(hub.states, states, count * sizeof *states);
    hub.state_count = count;
}

/* Seconds between two questions. */
static long pause_before(size_t turn)
{
    const deadline_ms before = turn == 0 ? 1000000 : hub.asked[turn - 1];
    return (long)((hub.asked[turn] - before) / 1000);
}

static void the_code_is_shown(void **state)
{
    (void)state;
    answer((const enum oauth_state[]){OAUTH_PENDING, OAUTH_DONE}, 2);
    SCOPED(text) char *text = log_in(TOOL_OK);
    assert_non_null(strstr(text, "https://hub.test/device"));
    assert_non_null(strstr(text, "AB?-CD"));
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "device-code"));
    assert_int_equal(hub.count, 2);
    assert_int_equal(pause_before(0), 5);
    assert_int_equal(pause_before(1), 5);
}

static void slow_down_is_for_good(void **state)
{
    (void)state;
    answer((const enum oauth_state[]){OAUTH_SLOW_DOWN, OAUTH_PENDING, OAUTH_SLOW_DOWN,
                                      OAUTH_PENDING, OAUTH_DONE},
           5);
    free(log_in(TOOL_OK));
    static const long pauses[] = {5, 10, 10, 15, 15};
    for (size_t i = 0; i < COUNT(pauses); i++)
        assert_int_equal(pause_before(i), pauses[i]);
}

static void trouble_is_survived(void **state)
{
    (void)state;
    answer((const enum oauth_state[]){OAUTH_TROUBLE, OAUTH_TROUBLE, OAUTH_PENDING, OAUTH_DONE}, 4);
    SCOPED(text) char *text = log_in(TOOL_OK);
    static const long pauses[] = {5, 10, 20, 5};
    for (size_t i = 0; i < COUNT(pauses); i++)
        assert_int_equal(pause_before(i), pauses[i]);
    /* Once, however long it lasts. */
    const char *first = strstr(text, "trying on");
    assert_non_null(first);
    assert_null(strstr(first + 1, "trying on"));
}

static void the_hubs_own_wait_is_kept(void **state)
{
    (void)state;
    hub.wait = 42;
    answer((const enum oauth_state[]){OAUTH_TROUBLE, OAUTH_DONE}, 2);
    free(log_in(TOOL_OK));
    assert_int_equal(pause_before(1), 42);
}

static void trouble_ends_with_the_code(void **state)
{
    (void)state;
    answer((const enum oauth_state[]){OAUTH_TROUBLE}, 1);
    SCOPED(text) char *text = log_in(TOOL_FAILED);
    assert_non_null(strstr(text, "time is over"));
    assert_int_equal(hub.now, 1000000 + 900 * 1000);
    /* Doubling up to a minute: a Hub in trouble is not hammered. */
    assert_true(hub.count < 25);
}

static void ends_have_their_words(void **state)
{
    (void)state;
    static const struct {
        enum oauth_state state;
        int code;
        const char *words;
    } rows[] = {
        {OAUTH_DENIED,  TOOL_REFUSED, "declined"               },
        {OAUTH_EXPIRED, TOOL_FAILED,  "time is over"           },
        {OAUTH_INVALID, TOOL_FAILED,  "time is over"           },
        {OAUTH_CLIENT,  TOOL_REFUSED, "client id that the test"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)begin(NULL);
        answer(&rows[i].state, 1);
        SCOPED(text) char *text = log_in(rows[i].code);
        assert_non_null(strstr(text, rows[i].words));
        assert_non_null(strstr(text, "Nothing was changed."));
    }
}

static void no_start_has_its_words(void **state)
{
    (void)state;
    static const struct {
        enum hub_fault_kind kind;
        long status;
        int code;
        const char *words;
    } rows[] = {
        {HUB_REFUSED,       401, TOOL_REFUSED, "client id that the test"},
        {HUB_BAD_REQUEST,   400, TOOL_REFUSED, "client id that the test"},
        {HUB_MALFORMED,     404, TOOL_FAILED,  "--paste"                },
        {HUB_NO_CONNECTION, 0,   TOOL_FAILED,  "Look at the network"    },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)begin(NULL);
        hub.start = rows[i].kind;
        hub.status = rows[i].status;
        SCOPED(text) char *text = log_in(rows[i].code);
        assert_non_null(strstr(text, rows[i].words));
        assert_int_equal(hub.count, 0);
    }
}

static void no_interval_is_a_second(void **state)
{
    (void)state;
    hub.interval = 0;
    answer((const enum oauth_state[]){OAUTH_PENDING, OAUTH_DONE}, 2);
    free(log_in(TOOL_OK));
    assert_int_equal(pause_before(1), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_code_is_shown, begin),
        cmocka_unit_test_setup(slow_down_is_for_good, begin),
        cmocka_unit_test_setup(trouble_is_survived, begin),
        cmocka_unit_test_setup(the_hubs_own_wait_is_kept, begin),
        cmocka_unit_test_setup(trouble_ends_with_the_code, begin),
        cmocka_unit_test_setup(ends_have_their_words, begin),
        cmocka_unit_test_setup(no_start_has_its_words, begin),
        cmocka_unit_test_setup(no_interval_is_a_second, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
