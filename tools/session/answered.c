#include "tools/session/answered.h"

#include <errno.h>
#include <string.h>

#include "store/published.h"
#include "store/signed.h"

void answered_clear(struct answered *answered)
{
    document_free(answered->document);
    answered->document = NULL;
}

static enum hf_error read_signers(struct answer_rules *rules)
{
    if (!rules->asked)
        rules->signers_error = signers_read(&rules->signers, &rules->signers_line);
    rules->asked = true;
    /* Where nobody is trusted, nobody trusted has signed it. */
    return rules->signers_error == HF_ENOTFOUND ? HF_EUNSIGNED : rules->signers_error;
}

static enum hf_error read_signed(struct answer_rules *rules, const struct source_answer *answer,
                                 const char *user, uint64_t now, struct answered *out_answered)
{
    struct answered read = {.from_engine = true};
    const char *text = NULL;
    size_t length = 0;
    TRY(rules->error);
    TRY(read_signers(rules));
    TRY(signed_answer_parse(answer->bytes, answer->length, &read.confirmed, &read.trouble, &text,
                            &length));
    /* Nobody signed the time: one that is still to come gives no token a longer life. */
    if (read.confirmed > now)
        read.confirmed = now;
    if (now - read.confirmed > rules->maximum_age)
        return HF_EOUTDATED;
    TRY(document_open_signed(text, length, user, &rules->signers, now, &read.document));
    *out_answered = read;
    return HF_OK;
}

enum hf_error answered_read(struct answer_rules *rules, const struct source_answer *answer,
                            const char *user, uint64_t now, struct answered *out_answered)
{
    struct answered read = {.confirmed = now};
    if (source_asks_engine(answer->source))
        TRY(rules->error);
    TRY(answer->error);
    if (source_asks_engine(answer->source))
        return read_signed(rules, answer, user, now, out_answered);
    TRY(document_parse(answer->bytes, answer->length, user, &read.document));
    *out_answered = read;
    return HF_OK;
}

bool answered_is_old(const struct answered *answered, uint64_t now)
{
    return answered->from_engine && now > answered->confirmed &&
           now - answered->confirmed > ANSWER_FRESH;
}

/* The earlier of two ends, of which 0 is none. */
static uint64_t earlier(uint64_t one, uint64_t other)
{
    return one == 0 || (other != 0 && other < one) ? other : one;
}

void answered_origin(const struct answer_rules *rules, const struct answered *answered,
                     const char *source, const struct sealed_token *token,
                     struct ring_origin *out_origin)
{
    const bool engine = answered->from_engine;
    struct ring_origin origin = {
        .version = RING_ORIGIN_VERSION,
        .state = ORIGIN_PLACED,
        .generation = answered->document->generation,
        .expires = engine ? earlier(token->expires, answered->document->until) : token->expires,
        .confirmed = answered->confirmed,
        .lifetime = engine ? rules->lifetime : 0};
    memcpy(origin.id, token->id, sizeof origin.id);
    memccpy(origin.source, source, '\0', sizeof origin.source - 1);
    *out_origin = origin;
}

/* Whose line the error is of, where it is one of a site's files. */
static enum wire_file file_of(const struct answer_rules *rules, const char *source,
                              enum hf_error error)
{
    if (source[0] == '\0' || !source_asks_engine(source))
        return 0;
    if (rules->error != HF_OK && rules->error == error)
        return WIRE_FILE_FLEET;
    return rules->asked && rules->signers_error != HF_OK && rules->signers_error == error
               ? WIRE_FILE_SIGNERS
               : 0;
}

void answered_note(const struct answer_rules *rules, const char *source, enum hf_error error,
                   struct wire_reply *reply)
{
    const int saved = errno;
    if (reply->trouble != HF_OK)
        return;
    const enum wire_file file = file_of(rules, source, error);
    reply->trouble = error;
    reply->misconfigured = (uint8_t)file;
    memccpy(reply->source, source, '\0', sizeof reply->source);
    if (error == HF_EIO || error == HF_EKERNEL)
        reply->system = (uint32_t)saved;
    else if (error == HF_ECONFIG)
        reply->system = file == WIRE_FILE_FLEET     ? rules->line
                        : file == WIRE_FILE_SIGNERS ? rules->signers_line
                                                    : 0;
}
