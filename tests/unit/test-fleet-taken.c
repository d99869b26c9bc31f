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
    struct sealed_token sealed = {
        .created = NOW, .expires = expires, .slot_count = 2, .has_mark = true};
    uint8_t keys[2][KEY_BYTES] = {{1}, {2}};
    OK(text_format(sealed.name, sizeof sealed.name, "%s", name));
    memcpy(sealed.slots[0].recipient, keys[0], KEY_BYTES);
    memcpy(sealed.slots[1].recipient, keys[1], KEY_BYTES);
    OK(fleet_mark(&fleet.identity, "dom ain", name, expires, token,
                  (const uint8_t(*)[KEY_BYTES])keys, 2, sealed.mark));
    return sealed;
}

/* Its only token is noted, or with `name` NULL all of them, which is the same. */
static int note_token(const struct sealed_token *token, const char *name, enum taken_kind kind,
                      uint64_t now)
{
    struct document document = {.user = "dom ain", .token_count = 1};
    document.tokens[0] = *token;
    return taken_note(&fleet, &document, name, kind, now);
}

static void note(const char *name, const char *text, enum taken_kind kind, uint64_t now)
{
    const struct sealed_token sealed = token_of(name, text, now + 1);
    assert_int_equal(note_token(&sealed, name, kind, now), TOOL_OK);
}

/* Where `published` is in its place. */
static struct taken_back back_beside(const char *user, const char *name, const char *text,
                                     const struct sealed_token *published)
{
    SCOPED(taken) struct taken taken = {.changed = false};
    SCOPED(secret) struct secret *token = secret_of(text);
    struct taken_back back = {.kind = TAKEN_NOT};
    OK(taken_read(&fleet, &taken));
    OK(taken_find(&fleet, &taken, user, name, token, published, &back));
    return back;
}

static struct taken_back back_of(const char *user, const char *name, const char *text)
{
    return back_beside(user, name, text, NULL);
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
    assert_int_equal(back_of("dom", "main", "hf_TEST1").kind, TAKEN_NOT);
    /* What no list had given is not kept. */
    struct sealed_token by_hand = token_of("hand", "hf_TEST1", 0);
    by_hand.has_mark = false;
    assert_int_equal(note_token(&by_hand, NULL, TAKEN_REVOKED, NOW), TOOL_OK);
    assert_int_equal(note_token(&by_hand, "other", TAKEN_REVOKED, NOW), TOOL_OK);
    assert_int_equal(back_of("dom ain", "hand", "hf_TEST4").kind, TAKEN_NOT);
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
    SCOPED(secret) struct secret *third = secret_of("hf_TESTmany3");
    SCOPED(secret) struct secret *fourth = secret_of("hf_TESTmany4");
    OK(taken_forget(&fleet, &taken, "dom ain", "many", third, false));
    OK(taken_forget(&fleet, &taken, "dom", "many", fourth, true));
    assert_false(taken.changed);
    OK(taken_forget(&fleet, &taken, "dom ain", "many", fourth, false));
    OK(taken_write(&fleet, &taken));
    assert_int_equal(back_of("dom ain", "many", "hf_TESTmany4").kind, TAKEN_NOT);
    assert_int_equal(back_of("dom ain", "many", "hf_TESTmany5").kind, TAKEN_ROTATED);
    assert_int_equal(back_of("dom ain", "main", "hf_TEST1").kind, TAKEN_ROTATED);
}

/* What `rotate` and `revoke` meant, and what is there all the same. */
static void what_is_published_still_was_revoked_or_not_rotated(void **state)
{
    (void)state;
    const struct sealed_token one = token_of("still", "hf_TESTstill1", NOW + 1);
    const struct sealed_token other = token_of("still", "hf_TESTstill2", NOW + 1);
    note("still", "hf_TESTstill1", TAKEN_ROTATED, NOW);
    assert_int_equal(back_beside("dom ain", "still", "hf_TESTstill1", &other).kind, TAKEN_ROTATED);
    struct taken_back back = back_beside("dom ain", "still", "hf_TESTstill1", &one);
    assert_int_equal(back.kind, TAKEN_NOT);
    assert_true(back.stale);
    note("still", "hf_TESTstill1", TAKEN_REVOKED, NOW);
    back = back_beside("dom ain", "still", "hf_TESTstill1", &one);
    assert_int_equal(back.kind, TAKEN_REVOKED);
    assert_true(back.stale && back.published);
    SCOPED(taken) struct taken taken = {.changed = false};
    OK(taken_read(&fleet, &taken));
    OK(taken_find_mark(&taken, "dom ain", &one, &back));
    assert_int_equal(back.kind, TAKEN_REVOKED);
    OK(taken_find_mark(&taken, "dom ain", &other, &back));
    assert_int_equal(back.kind, TAKEN_NOT);
    OK(taken_find_mark(&taken, "dom", &one, &back));
    assert_int_equal(back.kind, TAKEN_NOT);
    /* With another mark it is from before, if it is older than clocks are apart. */
    struct sealed_token older = other;
    older.created = NOW - 3601;
    OK(taken_find_mark(&taken, "dom ain", &older, &back));
    assert_int_equal(back.kind, TAKEN_REVOKED);
    older.created = NOW - 3600;
    OK(taken_find_mark(&taken, "dom ain", &older, &back));
    assert_int_equal(back.kind, TAKEN_NOT);
}

/* It has the mark of an identity that is gone, behind `key rotate`. */
static void what_is_older_than_the_identity_may_be_any_token(void **state)
{
    (void)state;
    struct sealed_token sealed = token_of("before", "hf_TESTbefore", 0);
    /* NOW, a second before, and damaged. */
    static const char *const texts[] = {"1795294145\n", "1795294144\n", "x\n"};
    for (unsigned i = 0; i < COUNT(texts); i++) {
        OK(fleet_write(&fleet, FLEET_ROTATED_FILE, texts[i], strlen(texts[i])));
        assert_int_equal(note_token(&sealed, NULL, TAKEN_REVOKED, NOW + i), TOOL_OK);
        fleet_remove(&fleet, FLEET_ROTATED_FILE);
        const struct taken_back any = back_of("dom ain", "before", "hf_TESTany");
        assert_int_equal(any.kind, TAKEN_REVOKED);
        assert_true(any.unsure);
        assert_int_equal(any.when, i == 1 ? NOW : NOW + i);
        SCOPED(taken) struct taken taken = {.changed = false};
        SCOPED(secret) struct secret *token = secret_of("hf_TESTbefore");
        OK(taken_read(&fleet, &taken));
        OK(taken_forget(&fleet, &taken, "dom ain", "before", token, false));
        assert_int_equal(taken.changed, i > 0);
    }
}

static void under_another_name_it_is_known_too(void **state)
{
    (void)state;
    const struct sealed_token published = token_of("other", "hf_TEST9", NOW + 1);
    const struct taken_back back = back_of("dom ain", "other", "hf_TEST2");
    assert_int_equal(back.kind, TAKEN_REVOKED);
    assert_true(back.elsewhere);
    assert_false(back_of("dom ain", "main", "hf_TEST2").elsewhere);
    assert_true(back_beside("dom ain", "other", "hf_TEST2", &published).elsewhere);
    assert_int_equal(back_beside("dom ain", "other", "hf_TEST9", &published).kind, TAKEN_NOT);
}

static void the_oldest_make_room(void **state)
{
    (void)state;
    SCOPED(taken) struct taken taken = {.changed = false};
    SCOPED(secret) struct secret *first = secret_of("hf_TESTroom0");
    SCOPED(secret) struct secret *last = secret_of("hf_TESTroom3");
    struct taken_back back;
    for (uint64_t i = 0; i < 4; i++) {
        char name[] = "room0", text[32];
        name[4] = (char)('3' - (char)i);
        OK(text_format(text, sizeof text, "hf_TESTroom%u", (unsigned)i));
        note(name, text, TAKEN_ROTATED, NOW + 100 + i);
    }
    OK(taken_read(&fleet, &taken));
    const size_t count = taken.lines.count;
    OK(taken_fit(&taken, SIZE_MAX, NOW));
    assert_false(taken.changed);
    assert_int_equal(taken.lines.count, count);
    OK(taken_fit(&taken, 3 * strlen(taken.lines.all[0]), NOW + 103));
    assert_true(taken.changed && taken.lines.count > 1 && taken.lines.count < 4);
    OK(taken_find(&fleet, &taken, "dom ain", "room3", first, NULL, &back));
    assert_int_equal(back.kind, TAKEN_NOT);
    OK(taken_find(&fleet, &taken, "dom ain", "room0", last, NULL, &back));
    assert_int_equal(back.kind, TAKEN_ROTATED);
    /* What is being taken back right now is noted in any case. */
    OK(taken_fit(&taken, 0, NOW + 103));
    assert_int_equal(taken.lines.count, 1);
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
    const int code = note_token(&sealed, NULL, TAKEN_ROTATED, NOW);
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
        cmocka_unit_test(what_is_published_still_was_revoked_or_not_rotated),
        cmocka_unit_test(what_is_older_than_the_identity_may_be_any_token),
        cmocka_unit_test(under_another_name_it_is_known_too),
        cmocka_unit_test(the_oldest_make_room),
        cmocka_unit_test(what_is_malformed_is_refused),
    };
    return cmocka_run_group_tests_name("fleet-taken", tests, prepare, forget);
}
