/* How documents and identities are read, and how they are changed without losing anything. */
#ifndef HF_STORE_FILES_H
#define HF_STORE_FILES_H

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"
#include "store/document.h"
#include "store/identity.h"
#include "store/paths.h"

/* The caller runs as the user. HF_ENOTFOUND, what file_read, document_parse and identity_parse
 * give. */
HF_CHECKED enum hf_error document_read(const struct account *account,
                                       struct document **out_document);
HF_CHECKED enum hf_error identity_read(const struct account *account,
                                       struct identity *out_identity);

/* Makes the folder (0700), takes its lock; hold it from read to write. HF_EIO, HF_EDEADLINE. */
HF_CHECKED enum hf_error store_lock(const struct account *account, deadline_ms until,
                                    int *out_lock);

/* The same for the lock that a refresh holds while it asks the Hub, which may take long: who has it
   may take store_lock, never the other way round. */
HF_CHECKED enum hf_error refresh_lock(const struct account *account, deadline_ms until,
                                      int *out_lock);

/* Raises the generation and replaces the file, mode 0600; the document must be the account's
   (HF_EUSER). On failure both are as before, unless only the folder's fsync failed. HF_ETOOBIG
   (also a generation that cannot rise), HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error document_write(const struct account *account, struct document *document);
HF_CHECKED enum hf_error identity_write(const struct account *account,
                                        const struct identity *identity);

/* The same for the host's documents, by root: the folder is 0711 and the files root's, 0640 with
   the user's group, so that users find and read none but their own. */
HF_CHECKED enum hf_error host_document_read(const struct account *account,
                                            struct document **out_document);
HF_CHECKED enum hf_error host_store_lock(deadline_ms until, int *out_lock);
HF_CHECKED enum hf_error host_document_write(const struct account *account,
                                             struct document *document);

#endif
