#include "store/files.h"

#include <string.h>

#include "store/json.h"

static enum hf_error read_document(const struct account *account, const struct store_path *path,
                                   const struct file_rule *rule, struct document **out_document)
{
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    TRY(file_read(path->text, rule, &bytes, &length));
    return document_parse(bytes, length, account->name, out_document);
}

enum hf_error document_read(const struct account *account, struct document **out_document)
{
    struct store_path path;
    const struct file_rule rule = rule_user_document(account);
    TRY(path_user_document(account, &path));
    return read_document(account, &path, &rule, out_document);
}

enum hf_error host_document_read(const struct account *account, struct document **out_document)
{
    struct store_path path;
    const struct file_rule rule = rule_host_document();
    TRY(path_host_document(account->name, &path));
    return read_document(account, &path, &rule, out_document);
}

enum hf_error identity_read(const struct account *account, struct identity *out_identity)
{
    struct store_path path;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    const struct file_rule rule = rule_user_identity(account);
    TRY(path_user_identity(account, &path));
    TRY(file_read(path.text, &rule, &bytes, &length));
    return identity_parse(bytes, length, account->name, out_identity);
}

static enum hf_error take_lock(const struct account *account,
                               enum hf_error (*place)(const struct account *, struct store_path *),
                               deadline_ms until, int *out_lock)
{
    struct store_path folder, lock;
    TRY(path_user_folder(account, &folder));
    TRY(place(account, &lock));
    TRY(folder_make(folder.text, 0700));
    return lock_take(lock.text, until, out_lock);
}

enum hf_error store_lock(const struct account *account, deadline_ms until, int *out_lock)
{
    return take_lock(account, path_user_lock, until, out_lock);
}

enum hf_error refresh_lock(const struct account *account, deadline_ms until, int *out_lock)
{
    return take_lock(account, path_user_refresh_lock, until, out_lock);
}

enum hf_error host_store_lock(deadline_ms until, int *out_lock)
{
    TRY(folder_make(HF_TOKENS_FOLDER, 0711));
    return lock_take(HF_TOKENS_FOLDER "/.lock", until, out_lock);
}

/* Prints what the file is to hold: the document one generation on. */
static enum hf_error print_next(const struct document *document, char **out_text,
                                size_t *out_length)
{
    if (document->generation >= JSON_NUMBER_MAX)
        return HF_ETOOBIG;
    struct document next = *document;
    next.generation++;
    return document_print(&next, out_text, out_length);
}

static enum hf_error write_document(const struct account *account, const struct store_path *path,
                                    mode_t mode, gid_t group, struct document *document)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    if (strcmp(document->user, account->name) != 0)
        return HF_EUSER;
    TRY(print_next(document, &text, &length));
    TRY(file_replace_for(path->text, text, length, mode, group));
    document->generation++;
    return HF_OK;
}

enum hf_error document_write(const struct account *account, struct document *document)
{
    struct store_path path;
    TRY(path_user_document(account, &path));
    return write_document(account, &path, 0600, (gid_t)-1, document);
}

enum hf_error host_document_write(const struct account *account, struct document *document)
{
    struct store_path path;
    TRY(path_host_document(account->name, &path));
    return write_document(account, &path, 0640, account->gid, document);
}

enum hf_error identity_write(const struct account *account, const struct identity *identity)
{
    struct store_path path;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(path_user_identity(account, &path));
    TRY(identity_print(account->name, identity, &text, &length));
    return file_replace(path.text, text, length, 0600);
}
