/* What the Hub's commands make of answers: names, messages, pictures, and what a refresh does next.
 */
#include "tests/unit/captured.h"

#include "common/name.h"
#include "hub/endpoint.h"
#include "hub/whoami.h"
#include "keyring/grant.h"
#include "store/switch.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/client.h"
#include "tools/hf-token-hub/qr.h"
#include "tools/hf-token-hub/refresh.h"
#include "tools/hf-token-hub/speak.h"

const char program_name[] = "hf-token";

static void names_come_from_display_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"laptop",                   "laptop"     },
        {"my laptop",                "my-laptop"  },
        {"ci/build #2",              "ci-build--2"},
        {"  padded ",                "padded-"    },
        {"...dots",                  "dots"       },
        {".-.-x",                    "x"          },
        {"gr\xc3\xb6\xc3\x9f"
         "er",              "gr--er"     },
        {"",                         "main"       },
        {"-.-",                      "main"       },
        {"\xe6\x97\xa5\xe6\x9c\xac", "main"       },
        {"hf_TESTthisisatoken",      "main"       },
        {" hf_TESTthisisatoken",     "main"       },
        {"api_org_TESTthisisatoken", "main"       },
        {"work_2.0-b",               "work_2.0-b" },
        {"\x1b[31mred",              "31mred"     },
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        char name[TOKEN_NAME_MAX + 1];
        about_name(names[i][0], name);
        assert_string_equal(name, names[i][1]);
        assert_true(token_name_valid(name));
    }
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char display_name[HUB_TEXT_MAX + 1], name[TOKEN_NAME_MAX + 1];
    memset(display_name, 'x', HUB_TEXT_MAX);
    display_name[HUB_TEXT_MAX] = '\0';
    about_name(display_name, name);
    assert_int_equal(strlen(name), TOKEN_NAME_MAX);
    assert_true(token_name_valid(name));
}

static struct hub_account an_account(void)
{
    return (struct hub_account){.kind = "user",
                                .name = "alice",
                                .role = "read",
                                .display_name = "laptop",
                                .created = 5,
                                .expires = 9,
                                .organisations = {"lab"},
                                .organisation_count = 1,
                                .organisations_all = 1};
}

static void answers_are_kept(void **state)
{
    (void)state;
    struct endpoint endpoint;
    struct token_about about, later, none = {0};
    struct hub_account account = an_account();
    OK(endpoint_parse("https://hub.test", &endpoint));
    about_fill(&endpoint, &account, 7, &about);
    assert_int_equal(about.checked, 7);
    assert_string_equal(about.endpoint, "https://hub.test");
    assert_string_equal(about.account, "alice");
    assert_string_equal(about.display_name, "laptop");
    assert_string_equal(about.organisations[0], "lab");
    about_fill(&endpoint, &account, 8, &later);
    assert_true(about_same(&about, &later));
    assert_false(about_same(&about, &none));
    assert_false(about_same(&none, &none));
    account.role[0] = 'w';
    about_fill(&endpoint, &account, 8, &later);
    assert_false(about_same(&about, &later));
    account = an_account();
    account.organisations[0][0] = 'x';
    about_fill(&endpoint, &account, 8, &later);
    assert_false(about_same(&about, &later));
    assert_string_equal(about_role("fineGrained"), "fine-grained");
    assert_string_equal(about_role("read"), "read");
}

/* What speak_fault prints. */
static char *said(const struct hub_fault *fault, const char *next, int code)
{
    struct capture capture = capture_begin(STDERR_FILENO);
    const int given = speak_fault("check", fault, next);
    char *text = capture_end(&capture);
    assert_int_equal(given, code);
    return text;
}

static void each_fault_has_a_message(void **state)
{
    (void)state;
    for (enum hub_fault_kind kind = HUB_LOCAL; kind < HUB_FAULT_COUNT; kind++) {
        const struct hub_fault fault = {.kind = kind, .status = 0};
        const bool refusal = hub_fault_is_refusal(kind);
        SCOPED(text) char *text = said(&fault, refusal ? "What to do." : NULL, refusal ? 5 : 1);
        assert_non_null(strstr(text, "hf-token: check: "));
        assert_non_null(strstr(text, hub_fault_text(kind)));
        /* Two lines: why, and the next step. */
        const char *second = strchr(text, '\n');
        assert_non_null(second);
        assert_non_null(strstr(second, "\n  "));
    }
}

static void faults_tell_what_the_hub_said(void **state)
{
    (void)state;
    const struct hub_fault refused = {
        .kind = HUB_REFUSED, .status = 401, .message = "Bad\ttoken", .request_id = "Root=1"};
    const struct hub_fault busy = {.kind = HUB_BUSY, .status = 429, .wait = 55};
    const struct hub_fault soon = {.kind = HUB_BUSY, .status = 429};
    SCOPED(text) char *refused_text = said(&refused, "Next.", TOOL_REFUSED);
    SCOPED(text) char *busy_text = said(&busy, NULL, TOOL_FAILED);
    SCOPED(text) char *soon_text = said(&soon, NULL, TOOL_FAILED);
    assert_string_equal(refused_text, "hf-token: check: the Hub does not take this token (HTTP "
                                      "401, Bad?token) [request Root=1]\n  Next.\n");
    assert_non_null(strstr(busy_text, "Try again in 55 seconds."));
    assert_non_null(strstr(soon_text, "Try again in some minutes."));
}

static void settings_are_of_the_endpoint(void **state)
{
    (void)state;
    struct endpoint endpoint;
    char page[SETTINGS_SIZE];
    OK(endpoint_parse("https://hub.test/", &endpoint));
    assert_string_equal(speak_settings(&endpoint, page), "https://hub.test/settings/tokens");
}

static enum hf_error switch_error;
static const char *switch_client;

enum hf_error __wrap_switch_read(const char *path, struct token_switch *out_switch,
                                 unsigned *out_line);
enum hf_error __wrap_switch_read(const char *path, struct token_switch *out_switch,
                                 unsigned *out_line)
{
    (void)path;
    *out_line = 0;
    *out_switch = (struct token_switch){.entry_count = 0};
    memcpy(out_switch->oauth_client, switch_client, strlen(switch_client) + 1);
    return switch_error;
}

static void clients_come_in_order(void **state)
{
    (void)state;
    struct client client;
    switch_client = "from-conf";
    switch_error = HF_OK;
    assert_int_equal(setenv(CLIENT_VARIABLE, "from-variable", 1), 0);
    OK(client_find(&client));
    assert_string_equal(client.id, "from-variable");
    assert_int_equal(setenv(CLIENT_VARIABLE, "not an id", 1), 0);
    FAILS(client_find(&client), HF_EFORMAT);
    assert_string_equal(client.origin, CLIENT_VARIABLE);
    assert_int_equal(setenv(CLIENT_VARIABLE, "", 1), 0);
    OK(client_find(&client));
    assert_string_equal(client.id, "from-conf");
    assert_string_equal(client.origin, HF_CONF_FILE);
    assert_int_equal(unsetenv(CLIENT_VARIABLE), 0);
    switch_client = "";
    if (HF_OAUTH_CLIENT[0] == '\0')
        FAILS(client_find(&client), HF_ENOTFOUND);
    else
        OK(client_find(&client));
    switch_error = HF_ECONFIG;
    FAILS(client_find(&client), HF_ECONFIG);
}

#define ADDRESS "https://huggingface.co/device?user_code=ABCD-EFGH"

/* Columns that a line of the drawing takes: its bytes less those that go on a character, and less
   the colours. */
static size_t columns_of(const char *line, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '\x1b')
            while (line[i] != 'm')
                i++;
        else
            columns += ((unsigned char)line[i] & 0xc0) != 0x80;
    }
    return columns;
}

static void pictures_have_their_size(void **state)
{
    (void)state;
    SCOPED(text) char *drawing = NULL;
    size_t lines = 0;
    OK(qr_draw(ADDRESS, 80, 40, &drawing));
    const size_t width = columns_of(drawing, strcspn(drawing, "\n"));
    for (const char *line = drawing; *line != '\0'; lines++) {
        const size_t length = strcspn(line, "\n");
        assert_int_equal(columns_of(line, length), width);
        line += length + 1;
    }
    /* A code's side is odd, and so is the drawing's: the last line has half a row more. */
    assert_int_equal(lines, (width + 1) / 2);
    assert_true(width >= 21 + 4);
    SCOPED(text) char *again = NULL;
    OK(qr_draw(ADDRESS, (unsigned)width, (unsigned)lines, &again));
    assert_string_equal(again, drawing);
    FAILS(qr_draw(ADDRESS, (unsigned)width - 1, (unsigned)lines, &again), HF_ETOOBIG);
    FAILS(qr_draw(ADDRESS, (unsigned)width, (unsigned)lines - 1, &again), HF_ETOOBIG);
}

static void pictures_have_their_limit(void **state)
{
    (void)state;
    SCOPED(text) char *drawing = NULL;
    SCOPED(text) char *text = calloc(1, 8192);
    assert_non_null(text);
    memset(text, 'x', 8191);
    FAILS(qr_draw(text, 10000, 10000, &drawing), HF_ETOOBIG);
    assert_null(drawing);
}

static void pictures_need_a_terminal(void **state)
{
    (void)state;
    struct capture capture = capture_begin(STDERR_FILENO);
    const bool shown = qr_show(ADDRESS);
    SCOPED(text) char *text = capture_end(&capture);
    assert_false(shown);
    assert_string_equal(text, "");
}

static void refreshes_take_the_next_step(void **state)
{
    (void)state;
    struct secret *const fresh = secret_of("hf_TESTfresh");
    const struct sealed_token one = {.id = "one", .has_grant = true},
                              two = {.id = "two", .has_grant = true}, void_one = {.id = "one"};
    const struct {
        struct ring_grant held;
        bool present;
        const struct sealed_token *sealed;
        enum refresh_step step;
    } rows[] = {
  /* Now is 100. Due, not due, and due only since the token is gone. */
        {{.id = "one", .due = 100},                                    true,  &one,      REFRESH_ASK    },
        {{.id = "one", .due = 99},                                     false, &one,      REFRESH_ASK    },
        {{.id = "one", .due = 101},                                    true,  &one,      REFRESH_NOTHING},
        {{.id = "one", .due = 5000},                                   true,  &one,      REFRESH_NOTHING},
        {{.id = "one", .due = 160},                                    false, &one,      REFRESH_NOTHING},
        {{.id = "one", .due = 161},                                    false, &one,      REFRESH_ASK    },
        {{.id = "one", .due = 5000},                                   false, &one,      REFRESH_ASK    },
        {{.id = "one", .due = 0},                                      true,  &one,      REFRESH_NOTHING},
        {{.id = "one", .due = 0},                                      false, &one,      REFRESH_ASK    },
        {{.id = "two", .before = "one", .due = 100},                   true,  &one,      REFRESH_ASK    },
 /* Killed before the document, and behind it. */
        {{.id = "two", .before = "one", .due = 100, .fresh = fresh},   true,  &one,      REFRESH_SAVE   },
        {{.id = "two", .before = "one", .due = 160, .fresh = fresh},   true,  &one,      REFRESH_SAVE   },
        {{.id = "two", .before = "one", .due = 100, .fresh = fresh},
         false,                                                               &void_one,
         REFRESH_SAVE                                                                                   },
        {{.id = "two", .before = "one", .due = 100, .fresh = fresh},   true,  &two,      REFRESH_PLACE  },
 /* Renewed or put there by somebody else. */
        {{.id = "one", .due = 100},                                    true,  &two,      REFRESH_STALE  },
        {{.id = "one", .due = 100},                                    false, &two,      REFRESH_STALE  },
        {{.id = "three", .before = "one", .due = 100, .fresh = fresh}, true,  &two,      REFRESH_STALE  },
 /* Taken away; but what waits to be saved stays. */
        {{.id = "one", .due = 100},                                    true,  &void_one, REFRESH_USELESS},
        {{.id = "one", .due = 100},                                    true,  NULL,      REFRESH_USELESS},
        {{.id = "two", .before = "one", .due = 100, .fresh = fresh},   true,  NULL,      REFRESH_STALE  },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(refresh_decide(&rows[i].held, rows[i].present, rows[i].sealed, 100),
                         rows[i].step);
    secret_free(fresh);
}

static void pauses_have_their_bounds(void **state)
{
    (void)state;
    assert_int_equal(refresh_pause(true, 0, 1000), 60);
    assert_int_equal(refresh_pause(true, 900, 1000), 60);
    assert_int_equal(refresh_pause(true, 2000, 1000), 60);
    assert_int_equal(refresh_pause(true, 3000, 1000), 100);
    assert_int_equal(refresh_pause(false, 3000, 1000), 60);
    assert_int_equal(refresh_pause(true, 73000, 1000), 3600);
    assert_int_equal(refresh_pause(true, UINT64_MAX, 1000), 3600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_come_from_display_names),
        cmocka_unit_test(long_names_are_cut),
        cmocka_unit_test(answers_are_kept),
        cmocka_unit_test(each_fault_has_a_message),
        cmocka_unit_test(faults_tell_what_the_hub_said),
        cmocka_unit_test(settings_are_of_the_endpoint),
        cmocka_unit_test(clients_come_in_order),
        cmocka_unit_test(pictures_have_their_size),
        cmocka_unit_test(pictures_have_their_limit),
        cmocka_unit_test(pictures_need_a_terminal),
        cmocka_unit_test(refreshes_take_the_next_step),
        cmocka_unit_test(pauses_have_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
