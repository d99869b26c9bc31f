/* What was taken back is known again, by its mark alone. */
#include "tests/unit/check.h"

#include <sys/stat.h>

#include "store/fleet.h"
#include "tests/unit/captured.h"
#include "tests/unit/sealed.h"
#include "tools/exit.h"
#include "tools/fleet/fleet.h"
#include "tools/fleet/taken.h"

const char program_name[] = "hf-tokenctl";

#define NOW 1795294145 /* 2026-11-21 20:49 UTC */

static struct fleet fleet = FLEET_INIT("rotate");

static int prepare(void **state)
{
    (void)state;
    (void)strcpy(fleet.folder, "/tmp/hf-taken-XXXXXX");
    fleet.identity = new_pair();
    return mkdtemp(fleet.folder) != NULL && store_start() == HF_OK ? 0 : -1;
}

static int forget(void **state)
{
    (void)state;
    fleet_remove(&fleet, FLEET_TAKEN_FILE);
    fleet_clear(&fleet);
    return rmdir(fleet.folder);
}

/* As provision leaves it: marked with its end and two recipients. */
static struct sealed_token token_of(const char *name, const char *text, uint64_t expires)
{
    SCOPED(secret) struct secret *token = secret_of(text);
    struct sealed_token sealed = {.expires = expires, .slot_count = 2, .has_mark = true};
    uint8_t keys[2][KEY_BYTES] = {{1}, {2}};
    OK(text_format(sealed.name, sizeof sealed.name, "%s", name));
    memcpy(sealed.slots[0].recipient, keys[0], KEY_BYTES);
    memcpy(sealed.slots[1].recipient, keys[1], KEY_BYTES);
    OK(fleet_mark(&fleet.identity, "dom ain", name, expires, token,
                  (const uint8_t(*)[KEY_BYTES])keys, 2, sealed.mark));
    return sealed;
}

static void note(const char *name, const char *text, enum taken_kind kind, uint64_t now)
{
    const struct sealed_token sealed = token_of(name, text, now + 1);
    assert_int_equal(taken_note(&fleet, "dom ain", &sealed, kind, now), TOOL_OK);
}

static struct taken_back back_of(const char *user, const char *name, const char *text)
{
    SCOPED(taken) struct taken taken = {.changed = false};
    SCOPED(secret) struct secret *token = secret_of(text);
    struct taken_back back = {.kind = TAKEN_NOT};
    OK(taken_read(&fleet, &taken));
    OK(taken_find(&fleet, &taken, user, name, token, &back));
    return back;
}

static void a_token_is_known_by_its_mark(void **state)
{
    (void)state;
    assert_int_equal(back_of("dom ain", "main", "hf_TEST1").kind, TAKEN_NOT);
    note("main", "hf_TEST1", TAKEN_ROTATED, NOW);
    note("main", "hf_TEST2", TAKEN_REVOKED, NOW + 1);
    const struct taken_back first = back_of("dom ain", "main", "hf_TEST1");
    assert_int_equal(first.kind, TAKEN_ROTATED);
    assert_int_equal(first.when, NOW);
    assert_false(first.unsure);
    assert_int_equal(back_of("dom ain", "main", "hf_TEST2").kind, TAKEN_REVOKED);
    assert_int_equal(back_of("dom ain", "main", "hf_TEST3").kind, TAKEN_NOT);
    assert_int_equal(back_of("dom ain", "mai", "hf_TEST1").kind, TAKEN_NOT);
    assert_int_equal(back_of("dom", "main", "hf_TEST1").kind, TAKEN_NOT);
    /* What no list had given is not kept. */
    struct sealed_token by_hand = token_of("hand", "hf_TEST1", 0);
    by_hand.has_mark = false;
    assert_int_equal(taken_note(&fleet, "dom ain", &by_hand, TAKEN_REVOKED, NOW), TOOL_OK);
    assert_int_equal(back_of("dom ain", "hand", "hf_TEST1").kind, TAKEN_NOT);
}

static void another_identity_cannot_tell(void **state)
{
    (void)state;
    struct key_pair before = fleet.identity;
    fleet.identity = new_pair();
    const struct taken_back back = back_of("dom ain", "main", "hf_TEST3");
    assert_true(back.unsure);
    assert_int_equal(back_of("dom ain", "other", "hf_TEST3").kind, TAKEN_NOT);
    key_pair_clear(&fleet.identity);
    fleet.identity = before;
}

static void the_last_ones_are_kept_and_can_be_forgotten(void **state)
{
    (void)state;
    SCOPED(taken) struct taken taken = {.changed = false};
    for (uint64_t i = 0; i < 12; i++) {
        char text[32];
        OK(text_format(text, sizeof text, "hf_TESTmany%u", (unsigned)i));
        note("many", text, TAKEN_ROTATED, NOW + i);
    }
    assert_int_equal(back_of("dom ain", "many", "hf_TESTmany3").kind, TAKEN_NOT);
    assert_int_equal(back_of("dom ain", "many", "hf_TESTmany4").kind, TAKEN_ROTATED);
    OK(taken_read(&fleet, &taken));
    assert_int_equal(taken.lines.count, 10);
    taken_forget(&taken, "dom ain", "nobody");
    assert_false(taken.changed);
    taken_forget(&taken, "dom ain", "many");
    OK(taken_write(&fleet, &taken));
    assert_int_equal(back_of("dom ain", "many", "hf_TESTmany4").kind, TAKEN_NOT);
    assert_int_equal(back_of("dom ain", "main", "hf_TEST1").kind, TAKEN_ROTATED);
}

static void what_is_malformed_is_refused(void **state)
{
    (void)state;
#define KEY_HEX  "0101010101010101010101010101010101010101010101010101010101010101"
#define MARK_HEX "01010101010101010101010101010101"
    static const char *const texts[] = {
        "x\n",
        "users/a main\n",
        "users/a main 1 rotated " KEY_HEX " 0\n",
        "users/a main 1 lost " KEY_HEX " 0 " MARK_HEX "\n",
        "users/a main x rotated " KEY_HEX " 0 " MARK_HEX "\n",
        "users/a main 1 rotated " KEY_HEX " 0 " MARK_HEX " 01\n",
        "users/a main 1 rotated " KEY_HEX " 0 " MARK_HEX,
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        SCOPED(taken) struct taken taken = {.changed = false};
        OK(fleet_write(&fleet, FLEET_TAKEN_FILE, texts[i], strlen(texts[i])));
        FAILS(taken_read(&fleet, &taken), HF_EFORMAT);
    }
    const struct sealed_token sealed = token_of("main", "hf_TEST1", 0);
    struct capture capture = capture_begin(STDERR_FILENO);
    const int code = taken_note(&fleet, "dom ain", &sealed, TAKEN_ROTATED, NOW);
    SCOPED(text) char *said = capture_end(&capture);
    assert_int_equal(code, TOOL_FAILED);
    assert_non_null(strstr(said, "/taken-back"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_known_by_its_mark),
        cmocka_unit_test(another_identity_cannot_tell),
        cmocka_unit_test(the_last_ones_are_kept_and_can_be_forgotten),
        cmocka_unit_test(what_is_malformed_is_refused),
    };
    return cmocka_run_group_tests_name("fleet-taken", tests, prepare, forget);
}
