/* Grants: one text for a refresh token and where it may be sent. */
#include "tests/unit/check.h"

#include "common/name.h"
#include "hub/grant.h"

static void grants_come_back(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *text = NULL;
    SCOPED(grant) struct grant grant = {.client_id = "0a-B_c.9"}, again = {0};
    OK(endpoint_parse("https://[2001:db8::1]:8443/hf", &grant.endpoint));
    grant.refresh = secret_of("hf_oauth__refresh_TEST");
    OK(grant_print(&grant, &text));
    assert_secret(text, "https://[2001:db8::1]:8443/hf 0a-B_c.9 hf_oauth__refresh_TEST");
    OK(grant_parse(text, &again));
    assert_memory_equal(&again.endpoint, &grant.endpoint, sizeof grant.endpoint);
    assert_string_equal(again.client_id, grant.client_id);
    assert_secret(again.refresh, "hf_oauth__refresh_TEST");
}

static void the_largest_grant_fits(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *text = NULL;
    SCOPED(grant) struct grant grant = {0}, again = {0};
    char url[ENDPOINT_MAX + 1] = "https://hub.example/";
    memset(url + strlen(url), 'a', ENDPOINT_MAX - strlen(url));
    memset(grant.client_id, 'c', CLIENT_ID_MAX);
    OK(endpoint_parse(url, &grant.endpoint));
    OK(secret_new(TOKEN_MAX, &grant.refresh));
    memset(secret_bytes(grant.refresh), 'r', TOKEN_MAX);
    secret_set_length(grant.refresh, TOKEN_MAX);
    OK(grant_print(&grant, &text));
    assert_true(secret_length(text) <= GRANT_MAX);
    OK(grant_parse(text, &again));
    assert_int_equal(secret_length(again.refresh), TOKEN_MAX);
}

static void bad_grants_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum hf_error error;
    } rows[] = {
        {" ",                                   HF_EFORMAT  },
        {"https://hub.example",                 HF_EFORMAT  },
        {"https://hub.example id",              HF_EFORMAT  },
        {"https://hub.example id ",             HF_EFORMAT  },
        {"https://hub.example  hf_TEST",        HF_EFORMAT  },
        {"https://hub.example i/d hf_TEST",     HF_EFORMAT  },
        {"https://hub.example id hf_TEST x",    HF_EFORMAT  },
        {"https://hub.example id hf_TEST\n",    HF_EFORMAT  },
        {"https://hub.example/ id hf_TEST",     HF_EFORMAT  },
        {"https://HUB.example id hf_TEST",      HF_EFORMAT  },
        {" https://hub.example id hf_TEST",     HF_EENDPOINT},
        {"http://hub.example id hf_TEST",       HF_EENDPOINT},
        {"http://127.0.0.1:8080 id hf_TEST",    HF_EENDPOINT},
        {"https://user@hub.example id hf_TEST", HF_EENDPOINT},
        {"id https://hub.example hf_TEST",      HF_EENDPOINT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        SCOPED(secret) struct secret *text = secret_of(rows[i].text);
        struct grant grant;
        FAILS(grant_parse(text, &grant), rows[i].error);
    }
    SCOPED(secret) struct secret *large = NULL, *zero = NULL;
    struct grant grant;
    OK(secret_new(GRANT_MAX + 1, &large));
    secret_set_length(large, GRANT_MAX + 1);
    FAILS(grant_parse(large, &grant), HF_ETOOBIG);
    OK(secret_copy("https://hub.example\0x id hf_TEST", 32, &zero));
    FAILS(grant_parse(zero, &grant), HF_EFORMAT);
}

static void bad_grants_are_not_printed(void **state)
{
    (void)state;
    struct secret *text = NULL;
    SCOPED(grant) struct grant grant = {.client_id = "id"};
    OK(endpoint_parse("https://hub.example", &grant.endpoint));
    FAILS(grant_print(&grant, &text), HF_EFORMAT);
    grant.refresh = secret_of("hf_TEST x");
    FAILS(grant_print(&grant, &text), HF_EFORMAT);
    secret_free(grant.refresh);
    grant.refresh = secret_of("hf_TEST");
    grant.client_id[0] = '/';
    FAILS(grant_print(&grant, &text), HF_EFORMAT);
    grant.client_id[0] = 'i';
    OK(endpoint_parse("http://localhost:8080", &grant.endpoint));
    FAILS(grant_print(&grant, &text), HF_EENDPOINT);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grants_come_back),
        cmocka_unit_test(the_largest_grant_fits),
        cmocka_unit_test(bad_grants_are_refused),
        cmocka_unit_test(bad_grants_are_not_printed),
    };
    return cmocka_run_group_tests_name("hub grant", tests, NULL, NULL);
}
