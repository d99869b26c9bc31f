/* Tokens without a session, as far as no kernel asks for them: what both sides agree on, keys that
 * are there, who may, and how often. The rest is tests/fleet/on-demand. */
#include "tests/unit/rings.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>

#include "common/login.h"
#include "keyring/authority.h"
#include "keyring/demand.h"
#include "site/settings.h"
#include "tools/demand/ledger.h"
#include "tools/demand/policy.h"

static void test_refusals_cross_the_kernel(void **state)
{
    (void)state;
    static const enum hf_error told[] = {HF_ENOTFOUND, HF_EEXPIRED,  HF_EPOLICY,   HF_ENOPASSWORD,
                                         HF_EALTERED,  HF_ETRYAGAIN, HF_EDEADLINE, HF_EQUOTA,
                                         HF_ECONFIG,   HF_EUNAVAIL};
    for (size_t i = 0; i < COUNT(told); i++)
        FAILS(demand_error(demand_errno(told[i])), told[i]);
    FAILS(demand_error(demand_errno(HF_EROLLBACK)), HF_EALTERED);
    FAILS(demand_error(demand_errno(HF_ENOSLOT)), HF_ENOPASSWORD);
    FAILS(demand_error(demand_errno(HF_EPROTOCOL)), HF_EUNAVAIL);
    FAILS(demand_error(EPERM), HF_EKERNEL);
}

static ring_serial place(const char *description, const char *text)
{
    ring_serial key = 0;
    OK(key_place("user", description, text, strlen(text), 0, KEY_SPEC_USER_KEYRING, &key));
    return key;
}

static void test_what_is_there_is_read(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *main_token = NULL;
    SCOPED(secret) struct secret *default_token = NULL;
    fresh_session();
    place(DEMAND_PREFIX "main", "hf_TESTmain");
    place(DEMAND_PREFIX, "hf_TESTdefault");
    OK(demand_token("main", &main_token));
    assert_secret(main_token, "hf_TESTmain");
    OK(demand_token("", &default_token));
    assert_secret(default_token, "hf_TESTdefault");
    FAILS(demand_token("../main", &main_token), HF_ENAME);
}

static void test_only_these_are_cleared(void **state)
{
    (void)state;
    size_t count = 0;
    fresh_session();
    OK(demand_clear(&count));
    place(DEMAND_PREFIX "main", "hf_TESTmain");
    place(DEMAND_PREFIX, "hf_TESTdefault");
    ring_serial other = place("hf-token.demanded", "other");
    OK(demand_clear(&count));
    assert_int_equal(count, 2);
    OK(demand_clear(&count));
    assert_int_equal(count, 0);
    assert_int_equal(keyctl_unlink(other, KEY_SPEC_USER_KEYRING), 0);
}

static void test_a_ring_is_empty_or_not(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    assert_true(ring_is_empty(ring));
    put(ring, "main", "hf_TESTone", 0);
    assert_false(ring_is_empty(ring));
}

/* A ring that was emptied for another reason is not locked, and one that is stays so whatever the
   user puts in it, until a login. */
static void test_a_ring_is_locked_until_a_login(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *none = NULL;
    ring_serial ring = fresh_ring();
    size_t count = 0;
    put(ring, "main", "hf_TESTone", 0);
    OK(ring_clear_all(&count));
    assert_true(ring_is_empty(ring));
    assert_false(ring_is_locked(ring));
    put(ring, "main", "hf_TESTone", 0);
    for (int i = 0; i < 2; i++) {
        OK(ring_lock_all(&count));
        assert_int_equal(count, 1);
        assert_true(ring_is_locked(ring));
        FAILS(ring_get(ring, "main", &none), HF_ENOTFOUND);
    }
    put(ring, "main", "hf_TESTone", 0);
    assert_true(ring_is_locked(ring));
    for (int i = 0; i < 2; i++) {
        OK(ring_unlock(ring));
        assert_false(ring_is_locked(ring));
    }
    assert_token(ring, "main", "hf_TESTone");
}

static void test_nothing_is_made_without_authority(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *token = secret_of("hf_TESTmain");
    struct demand wanted;
    fresh_session();
    ring_serial key = place(DEMAND_PREFIX "main", "hf_TESTold");
    FAILS(authority_demand(key, &wanted), HF_EKERNEL);
    FAILS(authority_grant(key, token, 60), HF_EKERNEL);
    FAILS(authority_refuse(key, HF_EPOLICY), HF_EKERNEL);
    assert_int_equal(keyctl_unlink(key, KEY_SPEC_USER_KEYRING), 0);
}

/* This user's own name and group, whoever runs the tests. */
static void own_account(struct account *out_account, char group[static SITE_TEXT_MAX + 1])
{
    OK(account_by_uid(geteuid(), out_account));
    const struct group *found = getgrgid(out_account->gid);
    assert_non_null(found);
    OK(text_format(group, SITE_TEXT_MAX + 1, "%s", found->gr_name));
}

static void test_who_may(void **state)
{
    (void)state;
    struct site_settings settings = {.demand = DEMAND_NOBODY};
    struct account account;
    own_account(&account, settings.demand_group);
    FAILS(policy_check(&settings, &account), HF_EPOLICY);
    settings.demand = DEMAND_ALL;
    OK(policy_check(&settings, &account));
    settings.demand = DEMAND_GROUP;
    OK(policy_check(&settings, &account));
    OK(text_format(settings.demand_group, sizeof settings.demand_group, "no-such-group"));
    FAILS(policy_check(&settings, &account), HF_ECONFIG);
    settings.demand = DEMAND_SESSION;
    FAILS(policy_check(&settings, &account), HF_EPOLICY);
}

static void test_never_root(void **state)
{
    (void)state;
    assert_false(policy_is_user(0));
    assert_false(policy_is_user(ACCOUNT_MINIMUM_UID - 1));
    assert_true(policy_is_user(ACCOUNT_MINIMUM_UID));
    assert_false(policy_is_user((uid_t)-1));
}

static enum hf_error count_one(uid_t uid, bool *out_quiet)
{
    SCOPED(ledger) struct ledger ledger = LEDGER_NONE;
    enum hf_error error = ledger_enter(&ledger, uid, clock_ms() + 10000);
    *out_quiet = ledger.quiet;
    return error;
}

static void forget_counts(void)
{
    for (int uid = 1; uid <= 2; uid++) {
        char path[sizeof HF_RUN_FOLDER + 32];
        OK(text_format(path, sizeof path, HF_RUN_FOLDER "/demand.%d", uid));
        (void)unlink(path);
        for (int i = 0; i < LEDGER_WAITING; i++) {
            OK(text_format(path, sizeof path, HF_RUN_FOLDER "/demand.%d.%d", uid, i));
            (void)unlink(path);
        }
    }
    for (int i = 0; i < LEDGER_AT_ONCE; i++) {
        char path[sizeof HF_RUN_FOLDER + 32];
        OK(text_format(path, sizeof path, HF_RUN_FOLDER "/demand-place.%d", i));
        (void)unlink(path);
    }
    (void)rmdir(HF_RUN_FOLDER);
}

static void test_so_many_a_minute(void **state)
{
    (void)state;
    bool quiet = true;
    forget_counts();
    for (int i = 0; i < LEDGER_REQUESTS; i++)
        OK(count_one(1, &quiet));
    FAILS(count_one(1, &quiet), HF_ETRYAGAIN);
    assert_false(quiet);
    FAILS(count_one(1, &quiet), HF_ETRYAGAIN);
    assert_true(quiet);
    OK(count_one(2, &quiet));
    /* The beginning of the window, 61 seconds ago. */
    const int64_t start = clock_ms() - LEDGER_WINDOW - 1000;
    SCOPED(fd) int page = open(HF_RUN_FOLDER "/demand.1", O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(page, &start, sizeof start, 0), sizeof start);
    OK(count_one(1, &quiet));
    forget_counts();
}

static void test_one_at_a_time_and_few_of_all(void **state)
{
    (void)state;
    struct ledger ledgers[LEDGER_AT_ONCE], one_more = LEDGER_NONE;
    struct ledger first = LEDGER_NONE, second = LEDGER_NONE;
    OK(ledger_enter(&first, 1, clock_ms() + 10000));
    FAILS(ledger_enter(&second, 1, clock_ms()), HF_EDEADLINE);
    ledger_leave(&first);
    OK(ledger_enter(&second, 1, clock_ms() + 10000));
    ledger_leave(&second);
    for (size_t i = 0; i < COUNT(ledgers); i++) {
        ledgers[i] = LEDGER_NONE;
        OK(ledger_share(&ledgers[i], clock_ms() + 10000));
    }
    FAILS(ledger_share(&one_more, clock_ms()), HF_EDEADLINE);
    ledger_leave(&ledgers[3]);
    OK(ledger_share(&one_more, clock_ms() + 10000));
    ledger_leave(&one_more);
    for (size_t i = 0; i < COUNT(ledgers); i++)
        ledger_leave(&ledgers[i]);
    forget_counts();
}

/* Who waits holds one of a user's few places; that others are served is no business of theirs. */
static void test_few_wait(void **state)
{
    (void)state;
    struct ledger served = LEDGER_NONE, other = LEDGER_NONE, one_more = LEDGER_NONE;
    int waiting[LEDGER_WAITING - 1];
    OK(ledger_enter(&served, 1, clock_ms() + 10000));
    for (int i = 0; i < LEDGER_WAITING - 1; i++) {
        char path[sizeof HF_RUN_FOLDER + 32];
        OK(text_format(path, sizeof path, HF_RUN_FOLDER "/demand.1.%d", i + 1));
        OK(lock_take(path, 0, &waiting[i]));
    }
    FAILS(ledger_enter(&one_more, 1, clock_ms() + 10000), HF_ETRYAGAIN);
    assert_true(one_more.quiet);
    ledger_leave(&one_more);
    OK(ledger_enter(&other, 2, clock_ms() + 10000));
    close(waiting[0]);
    FAILS(ledger_enter(&one_more, 1, clock_ms()), HF_EDEADLINE);
    ledger_leave(&one_more);
    ledger_leave(&served);
    OK(ledger_enter(&one_more, 1, clock_ms()));
    ledger_leave(&one_more);
    ledger_leave(&other);
    for (int i = 1; i < LEDGER_WAITING - 1; i++)
        close(waiting[i]);
    forget_counts();
}

static void test_the_name_of_a_session(void **state)
{
    (void)state;
    char user[USER_NAME_MAX + 1] = "?";
    assert_true(mkdir(HF_RUN_FOLDER, 0700) == 0 || errno == EEXIST);
    assert_false(login_seen(7));
    FAILS(login_name(7, user), HF_ENOTFOUND);
    OK(login_note(7, "alice"));
    OK(login_note(7, "alice"));
    assert_true(login_seen(7));
    OK(login_name(7, user));
    assert_string_equal(user, "alice");
    assert_int_equal(truncate(HF_RUN_FOLDER "/user.7", 3), 0);
    FAILS(login_name(7, user), HF_EFORMAT);
    /* Made by a lock alone. */
    assert_int_equal(truncate(HF_RUN_FOLDER "/user.7", 0), 0);
    FAILS(login_name(7, user), HF_ENOTFOUND);
    assert_true(login_seen(7));
    (void)unlink(HF_RUN_FOLDER "/user.7");
    (void)rmdir(HF_RUN_FOLDER);
}

static void test_a_second_name_of_a_session(void **state)
{
    (void)state;
    char user[USER_NAME_MAX + 1] = "?";
    struct account account;
    assert_true(mkdir(HF_RUN_FOLDER, 0700) == 0 || errno == EEXIST);
    OK(account_by_uid(1, &account));
    /* A name that is no more, or somebody else's by now, leaves its place to the one that is. */
    OK(login_note(1, "nobody-of-this-name"));
    OK(login_note(1, account.name));
    OK(login_name(1, user));
    assert_string_equal(user, account.name);
    (void)unlink(HF_RUN_FOLDER "/user.1");
    OK(login_note(1, "root"));
    OK(login_note(1, account.name));
    OK(login_name(1, user));
    assert_string_equal(user, account.name);
    /* Which of the two a ring is of nobody knows any more. */
    for (int i = 0; i < 2; i++) {
        OK(login_note(1, "another"));
        FAILS(login_name(1, user), HF_EDUPLICATE);
        OK(login_note(1, account.name));
        FAILS(login_name(1, user), HF_EDUPLICATE);
    }
    /* Neither is what the name service gives. */
    (void)unlink(HF_RUN_FOLDER "/user.1");
    OK(login_note(1, "nobody-of-this-name"));
    OK(login_note(1, "another"));
    FAILS(login_name(1, user), HF_EDUPLICATE);
    (void)unlink(HF_RUN_FOLDER "/user.1");
    (void)rmdir(HF_RUN_FOLDER);
}

#define TESTS_OF_THIS_FILE(X)                                                                      \
    X(test_refusals_cross_the_kernel)                                                              \
    X(test_what_is_there_is_read)                                                                  \
    X(test_only_these_are_cleared)                                                                 \
    X(test_a_ring_is_empty_or_not)                                                                 \
    X(test_a_ring_is_locked_until_a_login)                                                         \
    X(test_nothing_is_made_without_authority)                                                      \
    X(test_who_may)                                                                                \
    X(test_never_root)                                                                             \
    X(test_so_many_a_minute)                                                                       \
    X(test_one_at_a_time_and_few_of_all)                                                           \
    X(test_few_wait)                                                                               \
    X(test_the_name_of_a_session)                                                                  \
    X(test_a_second_name_of_a_session)

TESTS_OF_THIS_FILE(IN_A_CHILD)

static int leave_no_demand(void **state)
{
    size_t count = 0;
    return demand_clear(&count) == HF_OK ? leave_nothing(state) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS_OF_THIS_FILE(CHILD_ROW)};
    return cmocka_run_group_tests_name("demand", tests, stand_alone, leave_no_demand);
}
