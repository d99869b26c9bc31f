/* What is asked, and what becomes of each answer; hub_ask itself is the stand-in's here, but for
 * what needs no network. */
#include "tests/unit/check.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common/io.h"
#include "hub/access.h"
#include "hub/endpoint.h"
#include "hub/form.h"
#include "hub/oauth.h"
#include "hub/request.h"
#include "hub/revoke.h"
#include "hub/whoami.h"

enum hub_fault_kind __real_hub_ask(const struct hub_request *request, struct hub_answer *answer);
enum hub_fault_kind __wrap_hub_ask(const struct hub_request *request, struct hub_answer *answer);

/* What was asked last, and what is answered. */
static struct {
    char path[256], type[64], body[2048], secret[64];
    bool bearer, has_body;
} asked;
static struct {
    enum hub_fault_kind kind;
    long status;
    const char *body; /* NULL: none */
} prepared;

enum hub_fault_kind __wrap_hub_ask(const struct hub_request *request, struct hub_answer *answer)
{
    memset(&asked, 0, sizeof asked);
    OK(text_format(asked.path, sizeof asked.path, "%s", request->path));
    asked.bearer = request->bearer != NULL;
    asked.has_body = request->body != NULL;
    if (asked.has_body) {
        OK(text_format(asked.type, sizeof asked.type, "%s", request->type));
        OK(text_format(asked.body, sizeof asked.body, "%.*s", (int)secret_length(request->body),
                       (const char *)secret_view(request->body)));
    }
    if (request->secret != NULL)
        OK(text_format(asked.secret, sizeof asked.secret, "%.*s",
                       (int)secret_length(request->secret),
                       (const char *)secret_view(request->secret)));
    *answer = (struct hub_answer){
        .fault = {.kind = prepared.kind, .status = prepared.status}
    };
    if (prepared.body != NULL)
        answer->body = secret_of(prepared.body);
    return prepared.kind;
}

static struct endpoint endpoint;
static struct secret *token;
static struct hub_fault fault;

static void answer_with(enum hub_fault_kind kind, long status, const char *body)
{
    prepared.kind = kind;
    prepared.status = status;
    prepared.body = body;
}

static void whoami_asks_and_reads(void **state)
{
    (void)state;
    struct hub_account account;
    answer_with(HUB_OK, 200, "{\"type\":\"user\",\"name\":\"alice\"}");
    assert_int_equal(whoami_ask(&endpoint, token, &account, &fault), HUB_OK);
    assert_string_equal(account.name, "alice");
    assert_string_equal(asked.path, "/api/whoami-v2");
    assert_true(asked.bearer && !asked.has_body);
    answer_with(HUB_OK, 200, "<html>");
    assert_int_equal(whoami_ask(&endpoint, token, &account, &fault), HUB_MALFORMED);
    assert_int_equal(fault.kind, HUB_MALFORMED);
    answer_with(HUB_OK, 204, NULL);
    assert_int_equal(whoami_ask(&endpoint, token, &account, &fault), HUB_MALFORMED);
    answer_with(HUB_REFUSED, 401, "{}");
    assert_int_equal(whoami_ask(&endpoint, token, &account, &fault), HUB_REFUSED);
    answer_with(HUB_NOT_FOUND, 404, NULL);
    assert_int_equal(whoami_ask(&endpoint, token, &account, &fault), HUB_MALFORMED);
    assert_int_equal(fault.status, 404);
}

static void access_asks_for_one_repository(void **state)
{
    (void)state;
    struct repository repository;
    OK(repository_parse(&endpoint, "datasets/lab/squad", &repository));
    answer_with(HUB_OK, 200, NULL);
    assert_int_equal(access_ask(&endpoint, token, &repository, &fault), HUB_OK);
    assert_string_equal(asked.path, "/api/datasets/lab/squad/auth-check");
    assert_true(asked.bearer && !asked.has_body);
    answer_with(HUB_GATED, 403, NULL);
    assert_int_equal(access_ask(&endpoint, token, &repository, &fault), HUB_GATED);
    answer_with(HUB_NOT_FOUND, 404, NULL);
    assert_int_equal(access_ask(&endpoint, token, &repository, &fault), HUB_NOT_FOUND);
}

static void revoking_sends_the_token_and_no_bearer(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *odd = secret_of("hf_\"TEST\\");
    answer_with(HUB_OK, 202, NULL);
    assert_int_equal(revoke_ask(&endpoint, token, &fault), HUB_OK);
    assert_string_equal(asked.path, "/api/credentials/revoke");
    assert_string_equal(asked.type, "application/json");
    assert_string_equal(asked.body, "{\"credentials\":[\"hf_TEST\"]}");
    assert_string_equal(asked.secret, "hf_TEST");
    assert_false(asked.bearer);
    assert_int_equal(revoke_ask(&endpoint, odd, &fault), HUB_OK);
    assert_string_equal(asked.body, "{\"credentials\":[\"hf_\\\"TEST\\\\\"]}");
    answer_with(HUB_NOT_FOUND, 404, NULL);
    assert_int_equal(revoke_ask(&endpoint, token, &fault), HUB_MALFORMED);
}

static void a_device_is_asked_for(void **state)
{
    (void)state;
    SCOPED(device) struct device device = {0};
    answer_with(HUB_OK, 200,
                "{\"device_code\":\"TEST\",\"user_code\":\"AB\","
                "\"verification_uri\":\"https://hub.example/device\",\"expires_in\":60}");
    assert_int_equal(device_start(&endpoint, "id-1", &device, &fault), HUB_OK);
    assert_string_equal(asked.path, "/oauth/device");
    assert_string_equal(asked.type, "application/x-www-form-urlencoded");
    assert_string_equal(asked.body, "client_id=id-1");
    assert_false(asked.bearer);
    assert_secret(device.code, "TEST");
    device_clear(&device);
    answer_with(HUB_OK, 200, "{}");
    assert_int_equal(device_start(&endpoint, "id-1", &device, &fault), HUB_MALFORMED);
    answer_with(HUB_OK, 200, NULL);
    assert_int_equal(device_start(&endpoint, "id-1", &device, &fault), HUB_MALFORMED);
    answer_with(HUB_BAD_REQUEST, 400, "{\"error\":\"invalid_client\"}");
    assert_int_equal(device_start(&endpoint, "id-1", &device, &fault), HUB_BAD_REQUEST);
    answer_with(HUB_NOT_FOUND, 404, NULL);
    assert_int_equal(device_start(&endpoint, "id-1", &device, &fault), HUB_MALFORMED);
    assert_null(device.code);
}

static void a_device_is_polled_for(void **state)
{
    (void)state;
    SCOPED(device) struct device device = {.code = secret_of("TEST/+code")};
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    answer_with(HUB_BAD_REQUEST, 400, "{\"error\":\"slow_down\"}");
    assert_int_equal(device_poll(&endpoint, "id-1", &device, &tokens, &fault), OAUTH_SLOW_DOWN);
    assert_string_equal(asked.path, "/oauth/token");
    assert_string_equal(asked.body,
                        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
                        "&device_code=TEST%2F%2Bcode&client_id=id-1");
    assert_string_equal(asked.secret, "TEST/+code");
    assert_false(asked.bearer);
    answer_with(HUB_OK, 200, "{\"access_token\":\"hf_TEST\"}");
    assert_int_equal(device_poll(&endpoint, "id-1", &device, &tokens, &fault), OAUTH_DONE);
    assert_secret(tokens.access, "hf_TEST");
}

static const struct {
    enum hub_fault_kind kind;
    long status;
    const char *body;
    enum oauth_state state;
    enum hub_fault_kind told; /* with OAUTH_TROUBLE */
} refreshed[] = {
    {HUB_OK,          200, "{\"access_token\":\"hf_TEST\"}",        OAUTH_DONE,    HUB_OK         },
    {HUB_BAD_REQUEST, 400, "{\"error\":\"invalid_grant\"}",         OAUTH_INVALID, HUB_OK         },
    {HUB_REFUSED,     401, "{\"error\":\"invalid_client\"}",        OAUTH_CLIENT,  HUB_OK         },
    {HUB_BAD_REQUEST, 400, "{\"error\":\"authorization_pending\"}", OAUTH_TROUBLE, HUB_BAD_REQUEST},
    {HUB_DENIED,      403, "{\"error\":\"access_denied\"}",         OAUTH_TROUBLE, HUB_DENIED     },
    {HUB_BAD_REQUEST, 400, "{\"error\":\"expired_token\"}",         OAUTH_TROUBLE, HUB_BAD_REQUEST},
    {HUB_BAD_REQUEST, 400, "no json",                               OAUTH_TROUBLE, HUB_BAD_REQUEST},
    {HUB_OK,          200, "<html>",                                OAUTH_TROUBLE, HUB_MALFORMED  },
    {HUB_OK,          200, "{}",                                    OAUTH_TROUBLE, HUB_MALFORMED  },
    {HUB_OK,          200, "{\"access_token\":\"a b\"}",            OAUTH_TROUBLE, HUB_MALFORMED  },
    {HUB_OK,          204, NULL,                                    OAUTH_TROUBLE, HUB_MALFORMED  },
    {HUB_BROKEN,      500, "{\"error\":\"invalid_grant\"}",         OAUTH_TROUBLE, HUB_BROKEN     },
    {HUB_BUSY,        429, "{}",                                    OAUTH_TROUBLE, HUB_BUSY       },
    {HUB_NOT_FOUND,   404, NULL,                                    OAUTH_TROUBLE, HUB_MALFORMED  },
    {HUB_TIMEOUT,     0,   NULL,                                    OAUTH_TROUBLE, HUB_TIMEOUT    },
    {HUB_CUT,         0,   "{\"error\":\"invalid_grant\"}",         OAUTH_TROUBLE, HUB_CUT        },
};

static void refreshing_ends_in_four_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refreshed); i++) {
        SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
        answer_with(refreshed[i].kind, refreshed[i].status, refreshed[i].body);
        enum oauth_state got = oauth_refresh(&endpoint, "id-1", token, &tokens, &fault);
        assert_int_equal(got, refreshed[i].state);
        if (got == OAUTH_TROUBLE)
            assert_int_equal(fault.kind, refreshed[i].told);
        assert_int_equal(tokens.access != NULL, got == OAUTH_DONE);
    }
    assert_string_equal(asked.path, "/oauth/token");
    assert_string_equal(asked.body,
                        "grant_type=refresh_token&refresh_token=hf_TEST&client_id=id-1");
    assert_string_equal(asked.secret, "hf_TEST");
}

static void the_user_may_forbid_the_network(void **state)
{
    (void)state;
    static const char *const yes[] = {"1", "ON", "yes", "True"};
    const struct hub_request request = {.endpoint = &endpoint, .path = "/", .bearer = token};
    for (size_t i = 0; i < COUNT(yes); i++) {
        SCOPED(hub_answer) struct hub_answer answer;
        setenv("HF_HUB_OFFLINE", yes[i], 1);
        assert_int_equal(__real_hub_ask(&request, &answer), HUB_FORBIDDEN_BY_USER);
        assert_int_equal(answer.fault.status, 0);
        assert_null(answer.body);
    }
    unsetenv("HF_HUB_OFFLINE");
}

/* Port 1 of the loopback has no listener; "no" is no yes; and a proxy is not asked for it. */
static void the_loopback_is_reached_without_a_proxy(void **state)
{
    (void)state;
    SCOPED(hub_answer) struct hub_answer answer;
    struct endpoint loopback;
    OK(endpoint_parse("http://127.0.0.1:1", &loopback));
    const struct hub_request request = {.endpoint = &loopback, .path = "/", .bearer = token};
    setenv("HF_HUB_OFFLINE", "no", 1);
    setenv("http_proxy", "http://proxy.invalid:1", 1);
    setenv("ALL_PROXY", "http://proxy.invalid:1", 1);
    assert_int_equal(__real_hub_ask(&request, &answer), HUB_NO_CONNECTION);
    assert_non_null(strstr(answer.fault.message, "127.0.0.1"));
    unsetenv("HF_HUB_OFFLINE");
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
}

/* libcurl quotes these; no name is resolved for them, and nobody is asked. */
static void a_proxys_password_is_not_told(void **state)
{
    (void)state;
    static const char *const bad[] = {"http://me:TESTpass@[bad", "http://me:TESTpass@host:99999999",
                                      "bad://me:TESTpass@127.0.0.1:1", "http://me:TESTpass@[::1",
                                      "http://me:TESTpass@ho st"};
    const struct hub_request request = {.endpoint = &endpoint, .path = "/", .bearer = token};
    for (size_t i = 0; i < COUNT(bad); i++) {
        SCOPED(hub_answer) struct hub_answer answer;
        setenv("https_proxy", bad[i], 1);
        assert_int_not_equal(__real_hub_ask(&request, &answer), HUB_OK);
        assert_string_not_equal(answer.fault.message, "");
        assert_null(strstr(answer.fault.message, "TESTpass"));
    }
    unsetenv("https_proxy");
}

static void a_bearer_is_a_token_or_nothing_is_asked(void **state)
{
    (void)state;
    SCOPED(hub_answer) struct hub_answer answer;
    SCOPED(secret) struct secret *bad = secret_of("hf_TEST\r\nX: y");
    struct endpoint loopback;
    OK(endpoint_parse("http://127.0.0.1:1", &loopback));
    const struct hub_request request = {.endpoint = &loopback, .path = "/", .bearer = bad};
    assert_int_equal(__real_hub_ask(&request, &answer), HUB_LOCAL);
}

/* Starts a server that answers one request with these texts; gives its address and process. */
static pid_t start_server(const char *told, struct endpoint *out_endpoint)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char url[64], asked_for[4096], answer[1024];
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    OK(text_format(url, sizeof url, "http://127.0.0.1:%u", ntohs(address.sin_port)));
    OK(endpoint_parse(url, out_endpoint));
    OK(text_format(answer, sizeof answer,
                   "HTTP/1.1 403 Forbidden\r\nX-Error-Message: %s\r\nX-Request-Id: %s\r\n"
                   "X-Error-Code: %s\r\nContent-Length: 0\r\n\r\n",
                   told, told, told));
    const pid_t server = fork();
    if (server == 0) {
        const int connection = accept(listener, NULL, NULL);
        ssize_t got = read(connection, asked_for, sizeof asked_for);
        if (got <= 0 || io_write(connection, answer, strlen(answer)) != HF_OK)
            _exit(1);
        (void)shutdown(connection, SHUT_WR);
        while (got > 0)
            got = read(connection, asked_for, sizeof asked_for);
        _exit(0);
    }
    assert_int_not_equal(server, -1);
    (void)close(listener);
    return server;
}

static bool is_told(const char *told, bool as_bearer)
{
    SCOPED(hub_answer) struct hub_answer answer = {0};
    SCOPED(secret) struct secret *held = secret_of("TESTabcdefghijklmnopqrstuvwxyz0123456789");
    SCOPED(secret) struct secret *body = secret_of("x=y");
    struct endpoint local;
    int status = 0;
    const pid_t server = start_server(told, &local);
    const struct hub_request request = {.endpoint = &local,
                                        .path = "/",
                                        .bearer = as_bearer ? held : NULL,
                                        .type = "text/plain",
                                        .body = as_bearer ? NULL : body,
                                        .secret = as_bearer ? NULL : held};
    assert_int_equal(__real_hub_ask(&request, &answer), HUB_DENIED);
    assert_int_equal(waitpid(server, &status, 0), server);
    assert_int_equal(status, 0);
    const char *const texts[] = {answer.fault.message, answer.fault.code, answer.fault.request_id};
    for (size_t i = 0; i < COUNT(texts); i++)
        assert_int_equal(texts[i][0] != '\0', texts[0][0] != '\0');
    return texts[0][0] != '\0';
}

static void what_was_sent_does_not_come_back(void **state)
{
    (void)state;
    static const struct {
        const char *told;
        bool shown;
    } rows[] = {
        {"no",                                           true },
        {"no TESTabcdefghijk",                           true },
        {"no_TESTabcdefghijklmnopqrstuvwxyz0123456789_", false},
        {"TESTabcdefghijkl",                             false},
        {"no_efghijklmnopqrst_",                         false},
        {"uvwxyz0123456789",                             false},
        {"vwxyz0123456789",                              true },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(is_told(rows[i].told, true), rows[i].shown);
        assert_int_equal(is_told(rows[i].told, false), rows[i].shown);
    }
}

static void forms_have_an_end(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *body = NULL;
    OK(secret_new(8, &body));
    OK(form_field(body, "a", "b c"));
    assert_secret(body, "a=b%20c");
    FAILS(form_field(body, "d", ""), HF_ETOOBIG);
    FAILS(form_add(body, "xx"), HF_ETOOBIG);
}

static int prepare(void **state)
{
    (void)state;
    OK(hub_start());
    OK(endpoint_parse("https://hub.example", &endpoint));
    token = secret_of("hf_TEST");
    return 0;
}

static int forget(void **state)
{
    (void)state;
    secret_free(token);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoami_asks_and_reads),
        cmocka_unit_test(access_asks_for_one_repository),
        cmocka_unit_test(revoking_sends_the_token_and_no_bearer),
        cmocka_unit_test(a_device_is_asked_for),
        cmocka_unit_test(a_device_is_polled_for),
        cmocka_unit_test(refreshing_ends_in_four_ways),
        cmocka_unit_test(the_user_may_forbid_the_network),
        cmocka_unit_test(the_loopback_is_reached_without_a_proxy),
        cmocka_unit_test(a_proxys_password_is_not_told),
        cmocka_unit_test(a_bearer_is_a_token_or_nothing_is_asked),
        cmocka_unit_test(what_was_sent_does_not_come_back),
        cmocka_unit_test(forms_have_an_end),
    };
    return cmocka_run_group_tests_name("hub request", tests, prepare, forget);
}
