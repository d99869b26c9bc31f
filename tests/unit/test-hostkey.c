/* The host's key: made once and whole, kept from others, and sealed by the real systemd-creds. */
#include "tests/unit/sealed.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/hostkey.h"

#define KEY        HF_KEY_FOLDER "/host.key"
#define CREDENTIAL HF_KEY_FOLDER "/host.cred"
#define PUBLIC     HF_KEY_FOLDER "/host.pub"
#define IN_TIME    (clock_ms() + 20000)

/* The files are root's or they are refused. */
static void want_root(void)
{
    if (geteuid() != 0)
        skip();
}

static int remove_keys(void **state)
{
    (void)state;
    DIR *folder = opendir(HF_KEY_FOLDER);
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    return rmdir(HF_KEY_FOLDER);
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *folder = opendir(HF_KEY_FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* What stands in for systemd-creds, as a shell script. */
static void write_creds(const char *body)
{
    char script[512];
    OK(text_format(script, sizeof script, "#!/bin/sh\n%s\n", body));
    OK(file_replace(HF_SYSTEMD_CREDS, script, strlen(script), 0755));
}

static int remove_creds(void **state)
{
    (void)unlink(HF_SYSTEMD_CREDS);
    return remove_keys(state);
}

static void assert_mode(const char *path, mode_t mode)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, mode);
    assert_int_equal(status.st_uid, 0);
}

static void put(const char *path, const void *bytes, size_t length, mode_t mode)
{
    OK(file_replace(path, bytes, length, mode));
}

static enum hf_error load(void)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    enum hf_error error = hostkey_load(IN_TIME, &pair);
    assert_int_equal(pair.private_key != NULL, error == HF_OK);
    return error;
}

static void file_is_made_and_read(void **state)
{
    (void)state;
    want_root();
    uint8_t public_key[KEY_BYTES];
    enum hostkey_form form = HOSTKEY_CREDENTIAL;
    SCOPED(key_pair) struct key_pair pair = {0};
    FAILS(hostkey_form(&form), HF_ENOHOSTKEY);
    FAILS(load(), HF_ENOHOSTKEY);
    FAILS(hostkey_public(public_key), HF_ENOHOSTKEY);
    mode_t before = umask(077);
    OK(hostkey_make(NULL, IN_TIME));
    (void)umask(before);
    OK(hostkey_form(&form));
    assert_int_equal(form, HOSTKEY_FILE);
    OK(hostkey_load(IN_TIME, &pair));
    OK(hostkey_public(public_key));
    assert_memory_equal(public_key, pair.public_key, KEY_BYTES);
    assert_mode(KEY, 0600);
    assert_mode(PUBLIC, 0644);
    assert_mode(HF_KEY_FOLDER, 0755);
    assert_int_equal(count_files(), 2);
}

static void half_a_key_is_no_recipient(void **state)
{
    (void)state;
    want_root();
    uint8_t public_key[KEY_BYTES], recipient[KEY_BYTES];
    FAILS(hostkey_recipient(recipient), HF_ENOHOSTKEY);
    OK(hostkey_make(NULL, IN_TIME));
    OK(hostkey_public(public_key));
    OK(hostkey_recipient(recipient));
    assert_memory_equal(public_key, recipient, KEY_BYTES);
    assert_int_equal(unlink(KEY), 0);
    OK(hostkey_public(public_key));
    FAILS(hostkey_recipient(recipient), HF_ENOHOSTKEY);
}

static void key_is_never_overwritten(void **state)
{
    (void)state;
    want_root();
    uint8_t before[KEY_BYTES], after[KEY_BYTES];
    OK(hostkey_make(NULL, IN_TIME));
    OK(hostkey_public(before));
    FAILS(hostkey_make(NULL, IN_TIME), HF_EEXISTS);
    FAILS(hostkey_make("host", IN_TIME), HF_EEXISTS);
    OK(hostkey_public(after));
    assert_memory_equal(before, after, KEY_BYTES);
    /* Also one that cannot be used as it is. */
    assert_int_equal(chmod(KEY, 0644), 0);
    FAILS(hostkey_make(NULL, IN_TIME), HF_EEXISTS);
    unlink(KEY);
    FAILS(hostkey_make(NULL, IN_TIME), HF_EEXISTS);
    assert_int_equal(access(KEY, F_OK), -1);
}

/* As after a crash between the two. */
static void missing_public_half_is_made_up_for(void **state)
{
    (void)state;
    want_root();
    uint8_t before[KEY_BYTES], after[KEY_BYTES];
    OK(hostkey_make(NULL, IN_TIME));
    OK(hostkey_public(before));
    unlink(PUBLIC);
    FAILS(hostkey_make(NULL, IN_TIME), HF_EEXISTS);
    OK(hostkey_public(after));
    assert_memory_equal(before, after, KEY_BYTES);
}

static void many_makers_make_one(void **state)
{
    (void)state;
    want_root();
    pid_t makers[8];
    int made = 0;
    for (size_t i = 0; i < COUNT(makers); i++) {
        makers[i] = fork();
        assert_true(makers[i] >= 0);
        if (makers[i] == 0)
            _exit(hostkey_make(NULL, IN_TIME) == HF_OK ? 1 : 0);
    }
    for (size_t i = 0; i < COUNT(makers); i++) {
        int status = 0;
        assert_int_equal(waitpid(makers[i], &status, 0), makers[i]);
        made += WEXITSTATUS(status);
    }
    assert_int_equal(made, 1);
    uint8_t public_key[KEY_BYTES];
    SCOPED(key_pair) struct key_pair pair = {0};
    OK(hostkey_load(IN_TIME, &pair));
    OK(hostkey_public(public_key));
    assert_memory_equal(public_key, pair.public_key, KEY_BYTES);
}

static void unfit_files_are_refused(void **state)
{
    (void)state;
    want_root();
    static const uint8_t bytes[KEY_BYTES + 1];
    uint8_t key[KEY_BYTES];
    memset(key, 7, sizeof key);
    OK(folder_make(HF_KEY_FOLDER, 0755));
    put(KEY, key, KEY_BYTES, 0600);
    OK(load());
    put(KEY, key, KEY_BYTES, 0640);
    FAILS(load(), HF_EMODE);
    put(KEY, key, KEY_BYTES - 1, 0600);
    FAILS(load(), HF_EFORMAT);
    put(KEY, bytes, KEY_BYTES + 1, 0600);
    FAILS(load(), HF_ETOOBIG);
    put(KEY, bytes, KEY_BYTES, 0600);
    FAILS(load(), HF_EFORMAT);
    put(KEY, key, KEY_BYTES, 0600);
    assert_int_equal(chown(KEY, 1, 1), 0);
    FAILS(load(), HF_EOWNER);
    unlink(KEY);
    assert_int_equal(symlink("/dev/zero", KEY), 0);
    FAILS(load(), HF_ETYPE);
}

static void public_text_is_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum hf_error error;
    } rows[] = {
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",   HF_OK     },
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",     HF_OK     },
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n\n", HF_EFORMAT},
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\r\n", HF_EFORMAT},
        {" AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",  HF_EFORMAT},
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n",    HF_EFORMAT},
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF=\n",   HF_EFORMAT},
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n",   HF_EFORMAT},
        {"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==\n",   HF_EFORMAT},
        {"\n",                                               HF_EFORMAT},
        {"",                                                 HF_EFORMAT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t key[KEY_BYTES] = {9};
        FAILS(hostkey_public_parse(rows[i].text, strlen(rows[i].text), key), rows[i].error);
        assert_int_equal(key[0], rows[i].error == HF_OK ? 1 : 9);
    }
}

static void public_file_must_be_roots(void **state)
{
    (void)state;
    want_root();
    uint8_t key[KEY_BYTES];
    OK(hostkey_make(NULL, IN_TIME));
    assert_int_equal(chmod(PUBLIC, 0664), 0);
    FAILS(hostkey_public(key), HF_EMODE);
    assert_int_equal(chmod(PUBLIC, 0644), 0);
    assert_int_equal(chown(PUBLIC, 1, 0), 0);
    FAILS(hostkey_public(key), HF_EOWNER);
}

static void sealing_that_fails_writes_nothing(void **state)
{
    (void)state;
    want_root();
    enum hostkey_form form;
    static const struct {
        const char *body;
        enum hf_error error;
    } programs[] = {
        {"exit 1",                                               HF_ECHILD  },
        {"[ $1 = encrypt ] && echo blob || exit 1",              HF_EALTERED},
        {"[ $1 = encrypt ] && echo blob || echo short",          HF_EFORMAT },
        {"[ $1 = encrypt ] && echo blob || yes",                 HF_EFORMAT },
        {"[ $1 = encrypt ] && echo blob || head -c32 /dev/zero", HF_EALTERED},
        {"yes",                                                  HF_ETOOBIG },
    };
    for (size_t i = 0; i < COUNT(programs); i++) {
        write_creds(programs[i].body);
        FAILS(hostkey_make("tpm2", IN_TIME), programs[i].error);
        FAILS(hostkey_form(&form), HF_ENOHOSTKEY);
        assert_int_equal(count_files(), 0);
    }
    write_creds("sleep 30");
    FAILS(hostkey_make("tpm2", clock_ms() + 300), HF_EDEADLINE);
    unlink(HF_SYSTEMD_CREDS);
    FAILS(hostkey_make("tpm2", IN_TIME), HF_ECHILD);
    assert_int_equal(count_files(), 0);
}

static void seal_is_one_of_three(void **state)
{
    (void)state;
    FAILS(hostkey_make("auto", IN_TIME), HF_EFORMAT);
    FAILS(hostkey_make("null", IN_TIME), HF_EFORMAT);
    FAILS(hostkey_make("tpm2-absent", IN_TIME), HF_EFORMAT);
    FAILS(hostkey_make("", IN_TIME), HF_EFORMAT);
    assert_int_equal(access(HF_KEY_FOLDER, F_OK), -1);
}

/* The words that systemd-creds gets, and that the key itself is never among them. */
static void creds_get_words_and_a_pipe(void **state)
{
    (void)state;
    want_root();
    SCOPED(text) char *log = NULL;
    size_t length = 0;
    const struct file_rule rule = {.maximum = 4096};
    write_creds("echo \"$*\" >> " HF_KEY_FOLDER "/log; cat");
    OK(hostkey_make("host+tpm2", IN_TIME));
    OK(load());
    OK(file_read(HF_KEY_FOLDER "/log", &rule, &log, &length));
    assert_string_equal(log, "encrypt --name=hf-token-host --with-key=host+tpm2 - -\n"
                             "decrypt --name=hf-token-host - -\n"
                             "decrypt --name=hf-token-host - -\n");
    assert_mode(CREDENTIAL, 0600);
    assert_int_equal(access(KEY, F_OK), -1);
    write_creds("exit 1");
    FAILS(load(), HF_EALTERED);
    unlink(HF_SYSTEMD_CREDS);
    FAILS(load(), HF_ECHILD);
}

/* A name space of its own, in which the host secret of systemd is another one. */
static void real_credential_opens_with_its_host_secret(void **state)
{
    (void)state;
    want_root();
    uint8_t public_key[KEY_BYTES];
    enum hostkey_form form;
    SCOPED(key_pair) struct key_pair pair = {0};
    if (access("/usr/bin/systemd-creds", X_OK) != 0 || unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", "none", MS_REC | MS_PRIVATE, "") != 0 ||
        mount("none", "/var/lib/systemd", "tmpfs", 0, "") != 0)
        skip();
    write_creds("exec /usr/bin/systemd-creds \"$@\"");
    OK(hostkey_make("host", IN_TIME));
    OK(hostkey_form(&form));
    assert_int_equal(form, HOSTKEY_CREDENTIAL);
    OK(hostkey_load(IN_TIME, &pair));
    OK(hostkey_public(public_key));
    assert_memory_equal(public_key, pair.public_key, KEY_BYTES);
    assert_mode(CREDENTIAL, 0600);

    SCOPED(text) char *text = NULL;
    size_t length = 0;
    const struct file_rule rule = {.maximum = 4096};
    OK(file_read(CREDENTIAL, &rule, &text, &length));
    text[length / 2] = text[length / 2] == 'A' ? 'B' : 'A';
    put(CREDENTIAL, text, length, 0600);
    FAILS(load(), HF_EALTERED);
    put(CREDENTIAL, text, length, 0644);
    FAILS(load(), HF_EMODE);
    text[length / 2] = text[length / 2] == 'A' ? 'B' : 'A';
    put(CREDENTIAL, text, length, 0600);
    (void)unlink("/var/lib/systemd/credential.secret");
    FAILS(load(), HF_EALTERED);
    (void)umount2("/var/lib/systemd", MNT_DETACH);
}

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, remove_keys, remove_creds)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEYS(file_is_made_and_read),
        WITH_KEYS(half_a_key_is_no_recipient),
        WITH_KEYS(key_is_never_overwritten),
        WITH_KEYS(missing_public_half_is_made_up_for),
        WITH_KEYS(many_makers_make_one),
        WITH_KEYS(unfit_files_are_refused),
        WITH_KEYS(public_text_is_strict),
        WITH_KEYS(public_file_must_be_roots),
        WITH_KEYS(sealing_that_fails_writes_nothing),
        WITH_KEYS(seal_is_one_of_three),
        WITH_KEYS(creds_get_words_and_a_pipe),
        WITH_KEYS(real_credential_opens_with_its_host_secret),
    };
    return cmocka_run_group_tests_name("hostkey", tests, start_store, NULL);
}
