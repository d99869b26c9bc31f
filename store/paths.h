/* Where documents and identities lie. */
#ifndef HF_STORE_PATHS_H
#define HF_STORE_PATHS_H

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"

/* A path within a user's home, or in the host's folder of documents. */
#define STORE_PATH_MAX 4095
struct store_path {
    char text[STORE_PATH_MAX + 1];
};

/* HOME/.local/share/hf-token, in it tokens.json, identity.json, lock and refresh.lock; and
   TOKENS_FOLDER/USER.json. HOME is the account's, never the environment's, because the login has no
   environment yet. HF_ENAME. */
HF_CHECKED enum hf_error path_user_folder(const struct account *account,
                                          struct store_path *out_path);
HF_CHECKED enum hf_error path_user_document(const struct account *account,
                                            struct store_path *out_path);
HF_CHECKED enum hf_error path_user_identity(const struct account *account,
                                            struct store_path *out_path);
HF_CHECKED enum hf_error path_user_lock(const struct account *account, struct store_path *out_path);
HF_CHECKED enum hf_error path_user_refresh_lock(const struct account *account,
                                                struct store_path *out_path);
HF_CHECKED enum hf_error path_host_document(const char *user, struct store_path *out_path);

/* What these files must be before they are read. A document in the home may be read by others, who
   learn names and dates from it; the identity may not, being a guessing target. */
struct file_rule rule_user_document(const struct account *account);
struct file_rule rule_user_identity(const struct account *account);
struct file_rule rule_host_document(void);

#endif
