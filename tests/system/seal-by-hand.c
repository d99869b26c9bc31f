/* Seals a token to this machine that ends in a moment, which no command does.

   usage: seal-briefly USER SECONDS   (root; the token is the first line of standard input) */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/child.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "store/seal.h"

static enum hf_error add(const char *user, uint64_t seconds, const struct secret *token)
{
    SCOPED(document) struct document *document = NULL;
    struct recipient machine = {.kind = SLOT_HOST};
    struct sealed_token sealed;
    struct account account;
    SCOPED(fd) int lock = -1;
    uint64_t now = (uint64_t)time(NULL);
    TRY(store_start());
    TRY(account_by_name(user, &account));
    TRY(hostkey_public(machine.public_key));
    TRY(process_become(account.uid, account.gid));
    TRY(store_lock(&account, clock_ms() + 1000, &lock));
    TRY(document_new(account.name, &document));
    TRY(token_seal(user, "brief", now, now + seconds, token, NULL, &machine, 1, &sealed));
    TRY(document_put(document, &sealed));
    return document_write(&account, document);
}

int main(int argc, char **argv)
{
    char line[256];
    SCOPED(secret) struct secret *token = NULL;
    if (argc != 3 || fgets(line, sizeof line, stdin) == NULL)
        return 2;
    enum hf_error error = secret_copy(line, strcspn(line, "\n"), &token);
    if (error == HF_OK)
        error = add(argv[1], strtoul(argv[2], NULL, 10), token);
    if (error != HF_OK)
        fprintf(stderr, "seal-briefly: %s\n", error_text(error));
    return error == HF_OK ? 0 : 1;
}
