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

void answered_hear(struct answer_rules *rules, enum hf_error error, const char *reason)
{
    rules->reason_error = error;
    (void)!text_format(rules->reason, sizeof rules->reason, "%s", reason);
}

const char *answered_words(const struct answer_rules *rules, enum hf_error error)
{
    return error == rules->reason_error && rules->reason[0] != '\0' ? rules->reason
                                                                    : error_text(error);
}

/* Old as it is, the source has given it. */
static enum hf_error hear_stale(struct answer_rules *rules, const struct answered *read)
{
    char reason[SOURCE_REASON_MAX + 1];
    source_say_stale(read->confirmed,
                     error_text(read->trouble != HF_OK ? read->trouble : HF_EUNAVAIL), reason);
    answered_hear(rules, HF_ESTALE, reason);
    return HF_ESTALE;
}

static enum hf_error read_signed(struct answer_rules *rules, const struct source_answer *answer,
                                 const char *user, uint64_t now, struct answered *out_answered)
{
    struct answered read = {.from_engine = true};
    struct signed_answer signed_answer;
    TRY(rules->error);
    TRY(read_signers(rules));
    TRY(signed_answer_parse(answer->bytes, answer->length, &signed_answer));
    answered_hear(rules, signed_answer.trouble, signed_answer.reason);
    read.confirmed = signed_answer.confirmed;
    read.trouble = signed_answer.trouble;
    /* Nobody signed the time: one that is still to come gives no token a longer life. */
    if (read.confirmed > now)
        read.confirmed = now;
    if (now - read.confirmed > rules->maximum_age)
        return hear_stale(rules, &read);
    TRY(document_open_signed(signed_answer.text, signed_answer.length, user, &rules->signers, now,
                             &read.document));
    *out_answered = read;
    return HF_OK;
}

enum hf_error answered_read(struct answer_rules *rules, const struct source_answer *answer,
                            const char *user, uint64_t now, struct answered *out_answered)
{
    struct answered read = {.confirmed = now};
    answered_hear(rules, answer->error, answer->reason);
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
        .lifetime = engine ? rules->lifetime : 0,
        .token_expires = token->expires};
    memcpy(origin.id, token->id, sizeof origin.id);
    memccpy(origin.source, source, '\0', sizeof origin.source - 1);
    *out_origin = origin;
}

/* Whether the source that was read last had a word for it, which names the file, too. */
static bool is_said(const struct answer_rules *rules, const char *source, enum hf_error error)
{
    return source[0] != '\0' && error == rules->reason_error && rules->reason[0] != '\0';
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
    const bool said = is_said(rules, source, error);
    const enum wire_file file = said ? 0 : file_of(rules, source, error);
    reply->trouble = error;
    reply->misconfigured = (uint8_t)file;
    memccpy(reply->source, source, '\0', sizeof reply->source);
    if (said)
        memcpy(reply->reason, rules->reason, sizeof reply->reason);
    if (error == HF_EIO || error == HF_EKERNEL)
        reply->system = (uint32_t)saved;
    else if (error == HF_ECONFIG)
        reply->system = file == WIRE_FILE_FLEET     ? rules->line
                        : file == WIRE_FILE_SIGNERS ? rules->signers_line
                                                    : 0;
}
