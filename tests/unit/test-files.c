/* Documents and identities in their places, and the sources that hand them out. */
#include "tests/unit/sealed.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/child.h"
#include "store/files.h"

static struct account account;
static struct store_path path;

static int make_home(void **state)
{
    (void)state;
    account = (struct account){.uid = geteuid(), .gid = getegid(), .name = "alice"};
    OK(text_format(account.home, sizeof account.home, "/tmp/hf-token-test.XXXXXX"));
    return mkdtemp(account.home) == NULL ? -1 : 0;
}

static int remove_home(void **state)
{
    (void)state;
    const char *const argv[] = {"rm", "-rf", account.home, HF_TOKENS_FOLDER, NULL};
    const struct child_plan plan = {.path = "/bin/rm", .argv = argv, .input = -1, .output = -1};
    struct child child = {0};
    int status = -1;
    OK(child_start(&plan, &child));
    OK(child_wait(&child, clock_ms() + 10000, &status));
    return status;
}

static void lock_store(void)
{
    SCOPED(fd) int lock = -1;
    OK(store_lock(&account, clock_ms() + 1000, &lock));
}

static void assert_mode(const char *name, mode_t mode)
{
    struct stat status;
    assert_int_equal(stat(name, &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
}

static void paths_are_in_the_home(void **state)
{
    (void)state;
    char expected[STORE_PATH_MAX + 1];
    OK(path_user_document(&account, &path));
    OK(text_format(expected, sizeof expected, "%s/.local/share/hf-token/tokens.json",
                   account.home));
    assert_string_equal(path.text, expected);
    OK(path_user_identity(&account, &path));
    assert_non_null(strstr(path.text, "/.local/share/hf-token/identity.json"));
    OK(path_host_document("alice", &path));
    assert_string_equal(path.text, HF_TOKENS_FOLDER "/alice.json");
    FAILS(path_host_document("../alice", &path), HF_ENAME);
    FAILS(path_host_document("..", &path), HF_ENAME);
    FAILS(path_host_document("", &path), HF_ENAME);
}

static void account_without_a_home_has_no_files(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL, *none = NULL;
    struct identity identity = {0};
    int lock = -1;
    account.home[0] = '\0';
    OK(document_new("alice", &document));
    FAILS(path_user_folder(&account, &path), HF_ENAME);
    FAILS(document_read(&account, &none), HF_ENAME);
    FAILS(document_write(&account, document), HF_ENAME);
    FAILS(identity_read(&account, &identity), HF_ENAME);
    FAILS(identity_write(&account, &identity), HF_ENAME);
    FAILS(store_lock(&account, clock_ms() + 100, &lock), HF_ENAME);
    FAILS(refresh_lock(&account, clock_ms() + 100, &lock), HF_ENAME);
    account.name[0] = '.';
    FAILS(host_document_read(&account, &none), HF_ENAME);
    FAILS(host_document_write(&account, document), HF_ENAME);
}

static void document_is_written_and_read(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL, *again = NULL;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct sealed_token token = sealed_for(&pair, "main", "hf_TEST");
    mode_t before = umask(0);
    FAILS(document_read(&account, &again), HF_ENOTFOUND);
    lock_store();
    OK(document_new("alice", &document));
    OK(document_put(document, &token));
    OK(document_write(&account, document));
    (void)umask(before);
    assert_int_equal(document->generation, 1);
    OK(document_write(&account, document));
    OK(document_read(&account, &again));
    assert_int_equal(again->generation, 2);
    assert_non_null(document_find(again, "main"));
    OK(path_user_document(&account, &path));
    assert_mode(path.text, 0600);
    OK(path_user_folder(&account, &path));
    assert_mode(path.text, 0700);
}

static void document_that_cannot_be_written_keeps_its_generation(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL;
    OK(document_new("alice", &document));
    document->generation = 5;
    FAILS(document_write(&account, document), HF_EIO);
    assert_int_equal(document->generation, 5);
    lock_store();
    document->generation = 999999999999999;
    FAILS(document_write(&account, document), HF_ETOOBIG);
    document->generation = 5;
    document->user[0] = 'b';
    FAILS(document_write(&account, document), HF_EUSER);
    FAILS(host_document_write(&account, document), HF_EUSER);
}

static void document_of_another_user_is_refused(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL, *again = NULL;
    struct account bob = account;
    lock_store();
    OK(document_new("bob", &document));
    OK(text_format(bob.name, sizeof bob.name, "bob"));
    OK(document_write(&bob, document));
    FAILS(document_read(&account, &again), HF_EUSER);
}

static void unfit_files_are_refused(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL, *again = NULL;
    struct identity identity;
    lock_store();
    OK(document_new("alice", &document));
    OK(document_write(&account, document));
    OK(path_user_document(&account, &path));
    assert_int_equal(chmod(path.text, 0644), 0);
    OK(document_read(&account, &again));
    document_free(TAKE(again));
    assert_int_equal(chmod(path.text, 0620), 0);
    FAILS(document_read(&account, &again), HF_EMODE);
    assert_int_equal(chmod(path.text, 0600), 0);
    account.uid++;
    FAILS(document_read(&account, &again), HF_EOWNER);
    account.uid--;
    assert_int_equal(truncate(path.text, 0), 0);
    FAILS(document_read(&account, &again), HF_EEMPTY);
    assert_int_equal(truncate(path.text, DOCUMENT_MAX + 1), 0);
    FAILS(document_read(&account, &again), HF_ETOOBIG);
    assert_int_equal(truncate(path.text, DOCUMENT_MAX), 0);
    FAILS(document_read(&account, &again), HF_EJSON);
    unlink(path.text);
    assert_int_equal(mkfifo(path.text, 0600), 0);
    FAILS(document_read(&account, &again), HF_ETYPE);
    FAILS(identity_read(&account, &identity), HF_ENOTFOUND);
}

static void identity_is_written_and_read(void **state)
{
    (void)state;
    struct identity identity = {.memory_kib = 65536, .passes = 3}, again;
    lock_store();
    OK(identity_write(&account, &identity));
    OK(identity_read(&account, &again));
    assert_memory_equal(&again, &identity, sizeof again);
    OK(path_user_identity(&account, &path));
    assert_mode(path.text, 0600);
    /* Whoever reads it can guess the password at leisure. */
    assert_int_equal(chmod(path.text, 0640), 0);
    FAILS(identity_read(&account, &again), HF_EMODE);
    assert_int_equal(chmod(path.text, 0604), 0);
    FAILS(identity_read(&account, &again), HF_EMODE);
}

static void what_cannot_be_printed_leaves_the_file(void **state)
{
    (void)state;
    SCOPED(document) struct document *document = NULL, *again = NULL;
    struct identity identity = {.memory_kib = 65536, .passes = 3}, read;
    struct account latin = account;
    lock_store();
    OK(document_new("alice", &document));
    OK(document_write(&account, document));
    OK(identity_write(&account, &identity));
    OK(text_format(latin.name, sizeof latin.name, "\xe9"));
    OK(text_format(document->user, sizeof document->user, "\xe9"));
    FAILS(identity_write(&latin, &identity), HF_EFORMAT);
    FAILS(document_write(&latin, document), HF_EFORMAT);
    OK(identity_read(&account, &read));
    OK(document_read(&account, &again));
}

static void store_lock_excludes(void **state)
{
    (void)state;
    SCOPED(fd) int first = -1;
    int second = -1;
    OK(store_lock(&account, clock_ms() + 1000, &first));
    FAILS(store_lock(&account, clock_ms() + 30, &second), HF_EDEADLINE);
}

/* Who refreshes saves at the end, so it needs both. */
static void refresh_lock_is_another_one(void **state)
{
    (void)state;
    SCOPED(fd) int first = -1;
    SCOPED(fd) int store = -1;
    int second = -1;
    OK(refresh_lock(&account, clock_ms() + 1000, &first));
    FAILS(refresh_lock(&account, clock_ms() + 30, &second), HF_EDEADLINE);
    OK(store_lock(&account, clock_ms() + 1000, &store));
    OK(path_user_refresh_lock(&account, &path));
    assert_non_null(strstr(path.text, "/.local/share/hf-token/refresh.lock"));
    assert_mode(path.text, 0600);
}

static void host_document_is_roots_and_the_users(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    SCOPED(document) struct document *document = NULL, *again = NULL;
    SCOPED(fd) int lock = -1;
    int second = -1;
    struct stat status;
    mode_t before = umask(077);
    account.gid = 65534;
    OK(host_store_lock(clock_ms() + 1000, &lock));
    FAILS(host_store_lock(clock_ms() + 30, &second), HF_EDEADLINE);
    OK(document_new("alice", &document));
    OK(host_document_write(&account, document));
    (void)umask(before);
    OK(host_document_read(&account, &again));
    assert_int_equal(again->generation, 1);
    assert_mode(HF_TOKENS_FOLDER, 0711);
    assert_int_equal(stat(HF_TOKENS_FOLDER "/alice.json", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(status.st_uid, 0);
    assert_int_equal(status.st_gid, 65534);
    assert_int_equal(chown(HF_TOKENS_FOLDER "/alice.json", 1, 65534), 0);
    document_free(TAKE(again));
    FAILS(host_document_read(&account, &again), HF_EOWNER);
}

/* Runs a source for a user; its exit code, its output in `output`. */
static char output[256];

static int ask(const char *program, const char *user)
{
    const char *const argv[] = {program, user, NULL};
    const struct child_plan plan = {.path = program, .argv = argv, .input = -1, .output = -1};
    size_t length = 0;
    int status = -1;
    OK(child_output(&plan, clock_ms() + 10000, output, sizeof output - 1, &length, &status));
    output[length] = '\0';
    return status;
}

#define SOURCE_USER HF_BUILD_FOLDER "/hf-token-source-user"
#define SOURCE_HOST HF_BUILD_FOLDER "/hf-token-source-host"

static void sources_know_whom_they_do_not_know(void **state)
{
    (void)state;
    assert_int_equal(ask(SOURCE_USER, "no-such-user-here"), 67);
    assert_int_equal(ask(SOURCE_HOST, "no-such-user-here"), 67);
    assert_int_equal(ask(SOURCE_USER, NULL), 69);
    assert_int_equal(ask(SOURCE_USER, "../../etc/passwd"), 67);
    assert_string_equal(output, "");
}

/* With a home folder and a user of its own: libnss-wrapper is not needed, a mount is enough, and
 * root. */
/* In a mount name space of its own, where /etc/passwd knows alice and /var/lib is empty. */
static void enter_own_world(const char *home)
{
    char file[] = "/tmp/hf-token-test.XXXXXX", line[HOME_PATH_MAX + 128];
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    OK(text_format(line, sizeof line,
                   "root:x:0:0::/root:/bin/sh\nalice:x:54321:54321::%s:/bin/sh\n", home));
    OK(io_write(fd, line, strlen(line)));
    assert_int_equal(fchmod(fd, 0644), 0);
    close(fd);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, "") != 0)
        skip();
    assert_int_equal(mount(file, "/etc/passwd", "none", MS_BIND, ""), 0);
    assert_int_equal(mount("none", "/var/lib", "tmpfs", 0, ""), 0);
    unlink(file);
}

static void put(const char *name, const char *text, uid_t owner, mode_t mode)
{
    OK(file_replace(name, text, strlen(text), mode));
    assert_int_equal(chown(name, owner, 0), 0);
}

/* What a source answers to each thing that can lie where the document should. */
static void assert_judges_file(const char *program, const char *name, uid_t owner)
{
    assert_int_equal(ask(program, "alice"), 67);
    put(name, "a document", owner, 0600);
    assert_int_equal(ask(program, "alice"), 0);
    assert_string_equal(output, "a document");
    put(name, "a document", owner + 1, 0600);
    assert_int_equal(ask(program, "alice"), 101);
    put(name, "a document", owner, 0620);
    assert_int_equal(ask(program, "alice"), 102);
    put(name, "", owner, 0600);
    assert_int_equal(ask(program, "alice"), 104);
    assert_int_equal(truncate(name, DOCUMENT_MAX + 1), 0);
    assert_int_equal(ask(program, "alice"), 105);
    unlink(name);
    assert_int_equal(symlink("/etc/passwd", name), 0);
    assert_int_equal(ask(program, "alice"), 103);
    assert_string_equal(output, "");
    unlink(name);
    assert_int_equal(mkfifo(name, 0600), 0);
    assert_int_equal(ask(program, "alice"), 103);
    unlink(name);
}

static void sources_hand_out_the_file_alone(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    enter_own_world(account.home);
    OK(path_user_folder(&account, &path));
    OK(folder_make(path.text, 0700));
    OK(folder_make("/var/lib/hf-token/tokens", 0711));
    OK(path_user_document(&account, &path));
    assert_judges_file(SOURCE_USER, path.text, 54321);
    if (strcmp(HF_INSTALLED_TOKENS, "/var/lib/hf-token/tokens") == 0)
        assert_judges_file(SOURCE_HOST, "/var/lib/hf-token/tokens/alice.json", 0);
}

static void sources_do_not_link_what_parses(void **state)
{
    (void)state;
    static const char *const programs[] = {SOURCE_USER, SOURCE_HOST};
    for (size_t i = 0; i < COUNT(programs); i++) {
        const char *const argv[] = {"ldd", programs[i], NULL};
        const struct child_plan plan = {
            .path = "/usr/bin/ldd", .argv = argv, .input = -1, .output = -1};
        char list[4096];
        size_t length = 0;
        int status = -1;
        if (access(plan.path, X_OK) != 0)
            skip();
        OK(child_output(&plan, clock_ms() + 10000, list, sizeof list - 1, &length, &status));
        list[length] = '\0';
        assert_int_equal(status, 0);
        assert_non_null(strstr(list, "libc.so"));
        assert_null(strstr(list, "sodium"));
        assert_null(strstr(list, "json"));
    }
}

#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, make_home, remove_home)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HOME(paths_are_in_the_home),
        cmocka_unit_test(account_without_a_home_has_no_files),
        WITH_HOME(document_is_written_and_read),
        WITH_HOME(document_that_cannot_be_written_keeps_its_generation),
        WITH_HOME(document_of_another_user_is_refused),
        WITH_HOME(unfit_files_are_refused),
        WITH_HOME(identity_is_written_and_read),
        WITH_HOME(what_cannot_be_printed_leaves_the_file),
        WITH_HOME(store_lock_excludes),
        WITH_HOME(refresh_lock_is_another_one),
        WITH_HOME(host_document_is_roots_and_the_users),
        cmocka_unit_test(sources_know_whom_they_do_not_know),
        cmocka_unit_test(sources_do_not_link_what_parses),
        WITH_HOME(sources_hand_out_the_file_alone),
    };
    return cmocka_run_group_tests_name("files", tests, start_store, NULL);
}
