#include "store/hostkey.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "common/child.h"
#include "store/base64.h"

#define KEY_FILE        HF_KEY_FOLDER "/host.key"
#define CREDENTIAL_FILE HF_KEY_FOLDER "/host.cred"
#define PUBLIC_FILE     HF_KEY_FOLDER "/host.pub"
#define LOCK_FILE       HF_KEY_FOLDER "/.lock"
#define CREDENTIAL_NAME "--name=hf-token-host"

/* systemd-creds(1) prints a key of 32 bytes, sealed to TPM2 and host, as 584 characters. It
   has to fit the smallest pipe that pipe(7) gives: one page. */
#define CREDENTIAL_MAX 4096
/* 32 bytes in base64, the line's end, and a zero byte. */
#define PUBLIC_TEXT_SIZE 46

/* --with-key= takes these. "auto" and "null" are not among them: both seal weaker than asked, and
 * say nothing. */
static const char *const seals[] = {"host", "tpm2", "host+tpm2"};

enum hf_error hostkey_form(enum hostkey_form *out_form)
{
    struct stat status;
    if (lstat(CREDENTIAL_FILE, &status) == 0)
        *out_form = HOSTKEY_CREDENTIAL;
    else if (errno != ENOENT)
        return HF_EIO;
    else if (lstat(KEY_FILE, &status) == 0)
        *out_form = HOSTKEY_FILE;
    else
        return errno == ENOENT ? HF_ENOHOSTKEY : HF_EIO;
    return HF_OK;
}

/* A pipe with the bytes in it and its writer closed: they are never in a file. */
static enum hf_error fill_pipe(const void *bytes, size_t length, int *out_reader)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return HF_EIO;
    SCOPED(fd) int reader = ends[0];
    SCOPED(fd) int writer = ends[1];
    /* It fits; where it does not, that is an error and not a wait for nobody. */
    if (fcntl(writer, F_SETFL, O_NONBLOCK) != 0)
        return HF_EIO;
    TRY(io_write(writer, bytes, length));
    *out_reader = reader;
    reader = -1;
    return HF_OK;
}

/* One run of systemd-creds, through pipes only. */
static enum hf_error run_creds(const char *const *argv, deadline_ms until, const void *input,
                               size_t input_length, void *output, size_t size, size_t *out_length)
{
    SCOPED(fd) int reader = -1;
    int status = 0;
    TRY(fill_pipe(input, input_length, &reader));
    const struct child_plan plan = {
        .path = HF_SYSTEMD_CREDS, .argv = argv, .input = reader, .output = -1};
    TRY(child_output(&plan, until, output, size, out_length, &status));
    if (status == 127)
        return HF_ECHILD;
    return status == 0 ? HF_OK : HF_EALTERED;
}

static enum hf_error decrypt_credential(const char *text, size_t length, deadline_ms until,
                                        struct secret **out_key)
{
    static const char *const argv[] = {
        HF_SYSTEMD_CREDS, "decrypt", CREDENTIAL_NAME, "-", "-", NULL};
    SCOPED(secret) struct secret *key = NULL;
    size_t key_length = 0;
    TRY(secret_new(KEY_BYTES, &key));
    enum hf_error error =
        run_creds(argv, until, text, length, secret_bytes(key), KEY_BYTES, &key_length);
    if (error == HF_ETOOBIG || (error == HF_OK && key_length != KEY_BYTES))
        return HF_EFORMAT;
    TRY(error);
    secret_set_length(key, key_length);
    *out_key = TAKE(key);
    return HF_OK;
}

static enum hf_error load_credential(deadline_ms until, struct secret **out_key)
{
    const struct file_rule rule = {.owner = 0, .forbidden = 077, .maximum = CREDENTIAL_MAX};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(file_read(CREDENTIAL_FILE, &rule, &text, &length));
    return decrypt_credential(text, length, until, out_key);
}

static enum hf_error load_file(struct secret **out_key)
{
    const struct file_rule rule = {.owner = 0, .forbidden = 077, .maximum = KEY_BYTES};
    SCOPED(secret) struct secret *key = NULL;
    size_t length = 0;
    TRY(secret_new(KEY_BYTES, &key));
    TRY(file_read_into(KEY_FILE, &rule, secret_bytes(key), &length));
    /* A shorter one is no key: key_pair_from. */
    secret_set_length(key, length);
    *out_key = TAKE(key);
    return HF_OK;
}

enum hf_error hostkey_load(deadline_ms until, struct key_pair *out_pair)
{
    enum hostkey_form form;
    struct secret *key = NULL;
    TRY(hostkey_form(&form));
    TRY(form == HOSTKEY_CREDENTIAL ? load_credential(until, &key) : load_file(&key));
    return key_pair_from(key, out_pair);
}

enum hf_error hostkey_public_parse(const char *text, size_t length,
                                   uint8_t out_public[static KEY_BYTES])
{
    uint8_t key[KEY_BYTES];
    size_t key_length = 0;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    TRY(base64_decode(text, length, key, sizeof key, &key_length));
    if (key_length != sizeof key)
        return HF_EFORMAT;
    memcpy(out_public, key, sizeof key);
    return HF_OK;
}

enum hf_error hostkey_public(uint8_t out_public[static KEY_BYTES])
{
    const struct file_rule rule = {.owner = 0, .forbidden = 022, .maximum = PUBLIC_TEXT_SIZE};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    enum hf_error error = file_read(PUBLIC_FILE, &rule, &text, &length);
    if (error == HF_ENOTFOUND)
        return HF_ENOHOSTKEY;
    TRY(error);
    return hostkey_public_parse(text, length, out_public);
}

enum hf_error hostkey_recipient(uint8_t out_public[static KEY_BYTES])
{
    enum hostkey_form form;
    TRY(hostkey_form(&form));
    return hostkey_public(out_public);
}

static enum hf_error write_public(const struct key_pair *pair)
{
    char text[PUBLIC_TEXT_SIZE];
    sodium_bin2base64(text, sizeof text, pair->public_key, sizeof pair->public_key,
                      sodium_base64_VARIANT_ORIGINAL);
    size_t length = strlen(text);
    text[length++] = '\n';
    return file_create(PUBLIC_FILE, text, length, 0644);
}

/* systemd-creds 252 seals with settings that it cannot open again; so what it gave must open before
 * it counts. */
static enum hf_error write_credential(const char *with, deadline_ms until, const struct secret *key)
{
    SCOPED(secret) struct secret *opened = NULL;
    char option[32], text[CREDENTIAL_MAX];
    size_t length = 0;
    TRY(text_format(option, sizeof option, "--with-key=%s", with));
    const char *const argv[] = {
        HF_SYSTEMD_CREDS, "encrypt", CREDENTIAL_NAME, option, "-", "-", NULL};
    enum hf_error error =
        run_creds(argv, until, secret_view(key), secret_length(key), text, sizeof text, &length);
    if (error == HF_EALTERED)
        return HF_ECHILD;
    TRY(error);
    TRY(decrypt_credential(text, length, until, &opened));
    if (sodium_memcmp(secret_view(opened), secret_view(key), KEY_BYTES) != 0)
        return HF_EALTERED;
    return file_create(CREDENTIAL_FILE, text, length, 0600);
}

static enum hf_error check_seal(const char *with)
{
    for (size_t i = 0; i < sizeof seals / sizeof seals[0]; i++)
        if (strcmp(with, seals[i]) == 0)
            return HF_OK;
    return HF_EFORMAT;
}

/* An earlier call may have died between the private half and the public one. */
static enum hf_error complete(deadline_ms until)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    struct stat status;
    if (lstat(PUBLIC_FILE, &status) == 0)
        return HF_EEXISTS;
    TRY(hostkey_load(until, &pair));
    TRY(write_public(&pair));
    return HF_EEXISTS;
}

/* The private half first: a public one alone would take tokens that nobody can ever open. */
static enum hf_error make(const char *with, deadline_ms until)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    struct stat status;
    if (lstat(PUBLIC_FILE, &status) == 0)
        return HF_EEXISTS;
    TRY(key_pair_new(&pair));
    if (with != NULL)
        TRY(write_credential(with, until, pair.private_key));
    else
        TRY(file_create(KEY_FILE, secret_view(pair.private_key), KEY_BYTES, 0600));
    return write_public(&pair);
}

enum hf_error hostkey_make(const char *with, deadline_ms until)
{
    SCOPED(fd) int lock = -1;
    enum hostkey_form form;
    if (with != NULL)
        TRY(check_seal(with));
    TRY(folder_make(HF_KEY_FOLDER, 0755));
    TRY(lock_take(LOCK_FILE, until, &lock));
    enum hf_error error = hostkey_form(&form);
    if (error == HF_OK)
        return complete(until);
    return error == HF_ENOHOSTKEY ? make(with, until) : error;
}
