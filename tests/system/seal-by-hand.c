/* Seals a token as no command does: one that ends in a moment, or has ended, or has a grant that no
   Hub gave.

   usage: seal-by-hand USER NAME SECONDS host|password|site [GRANT]
   As root; the token is the first line of standard input, and SECONDS are those left of its life of
   a day. `site` seals to the machine, too, but in the machine's document for the user. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/child.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "store/seal.h"

#define DAY 86400

struct job {
    struct account account;
    const char *name, *seal;
    uint64_t created, expires;
    struct secret *token, *grant;
};

static enum hf_error choose(const struct job *job, struct recipient *out_recipient)
{
    struct identity identity;
    *out_recipient = (struct recipient){.kind = SLOT_HOST};
    if (strcmp(job->seal, "password") != 0)
        return hostkey_public(out_recipient->public_key);
    TRY(identity_read(&job->account, &identity));
    out_recipient->kind = SLOT_USER;
    memcpy(out_recipient->public_key, identity.public_key, KEY_BYTES);
    return HF_OK;
}

static enum hf_error put(const struct job *job, struct document *document)
{
    struct recipient recipient;
    struct sealed_token sealed;
    TRY(choose(job, &recipient));
    TRY(token_seal(document->user, job->name, job->created, job->expires, job->token, job->grant,
                   &recipient, 1, &sealed));
    return document_put(document, &sealed);
}

static enum hf_error add(const struct job *job)
{
    const bool site = strcmp(job->seal, "site") == 0;
    SCOPED(document) struct document *document = NULL;
    SCOPED(fd) int lock = -1;
    if (!site)
        TRY(process_become(job->account.uid, job->account.gid));
    TRY(site ? host_store_lock(clock_ms() + 1000, &lock)
             : store_lock(&job->account, clock_ms() + 1000, &lock));
    enum hf_error error = site ? host_document_read(&job->account, &document)
                               : document_read(&job->account, &document);
    if (error == HF_ENOTFOUND)
        error = document_new(job->account.name, &document);
    TRY(error);
    TRY(put(job, document));
    return site ? host_document_write(&job->account, document)
                : document_write(&job->account, document);
}

static enum hf_error run(char **words, int count, const char *line)
{
    struct job job = {.name = words[2], .seal = words[4]};
    job.expires = (uint64_t)(time(NULL) + strtol(words[3], NULL, 10));
    job.created = job.expires - DAY;
    TRY(store_start());
    TRY(account_by_name(words[1], &job.account));
    TRY(secret_copy(line, strcspn(line, "\n"), &job.token));
    if (count == 6)
        TRY(secret_copy(words[5], strlen(words[5]), &job.grant));
    enum hf_error error = add(&job);
    secret_free(job.token);
    secret_free(job.grant);
    return error;
}

int main(int argc, char **argv)
{
    char line[256];
    if (argc < 5 || argc > 6 || fgets(line, sizeof line, stdin) == NULL)
        return 2;
    enum hf_error error = run(argv, argc, line);
    if (error != HF_OK)
        fprintf(stderr, "seal-by-hand: %s\n", error_text(error));
    return error == HF_OK ? 0 : 1;
}
