/* Where documents and identities lie, and how they are changed without losing anything. */
#ifndef HF_STORE_FILES_H
#define HF_STORE_FILES_H

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"
#include "store/document.h"
#include "store/identity.h"

/* A path within a user's home, or the host's folder of documents. */
#define STORE_PATH_MAX 4095
struct store_path {
    char text[STORE_PATH_MAX + 1];
};

/* HOME/.local/share/hf-token/tokens.json, .../identity.json, .../lock, and TOKENS_FOLDER/USER.json. HOME is the
   account's, never the environment's, because the login has no environment yet. HF_ENAME. */
HF_CHECKED enum hf_error path_user_document(const struct account *account, struct store_path *out_path);
HF_CHECKED enum hf_error path_user_identity(const struct account *account, struct store_path *out_path);
HF_CHECKED enum hf_error path_user_lock(const struct account *account, struct store_path *out_path);
HF_CHECKED enum hf_error path_host_document(const char *user, struct store_path *out_path);

/* The caller runs as the user. HF_ENOTFOUND, what file_read, document_parse and identity_parse give. */
HF_CHECKED enum hf_error document_read(const struct account *account, struct document **out_document);
HF_CHECKED enum hf_error identity_read(const struct account *account, struct identity *out_identity);

/* Makes the folder (0700), takes its lock; hold it from read to write. HF_EIO, HF_EDEADLINE. */
HF_CHECKED enum hf_error store_lock(const struct account *account, deadline_ms until, int *out_lock);

/* Raises the generation and replaces the file, mode 0600. HF_ETOOBIG, HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error document_write(const struct account *account, struct document *document);
HF_CHECKED enum hf_error identity_write(const struct account *account, const struct identity *identity);

/* The host's documents: read and written by root; root's, 0640 with the user's group, so that the user reads their own. */
HF_CHECKED enum hf_error host_document_read(const struct account *account, struct document **out_document);
HF_CHECKED enum hf_error host_document_write(const struct account *account, struct document *document);

#endif
