#include "engine/session.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "engine/answer.h"
#include "engine/transfer.h"

#define LINE_NAME  "Authorization: "
#define CONNECT_MS 500L
/* bcrypt takes etcd its time. */
#define ADDRESS_MS 3000L

/* The token is kept as the header's line: so it is sent, and none else need be made of it. */
static enum hf_error make_line(const struct secret *token, struct secret **out_line)
{
    const size_t name = strlen(LINE_NAME), length = secret_length(token);
    SCOPED(secret) struct secret *line = NULL;
    TRY(secret_new(name + length, &line));
    memcpy(secret_bytes(line), LINE_NAME, name);
    memcpy(secret_bytes(line) + name, secret_view(token), length);
    secret_set_length(line, name + length);
    *out_line = TAKE(line);
    return HF_OK;
}

static void set_line(struct engine *engine, struct secret *line)
{
    secret_free(engine->session);
    engine->session = line;
    engine->session_serial++;
}

/* The file has the user's name, a line end, and the header's line. */
static enum hf_error parse_kept(const char *user, const struct secret *kept,
                                struct secret **out_line)
{
    const size_t length = secret_length(kept), name = strlen(user);
    const char *text = (const char *)secret_view(kept);
    if (length <= name + 1 + strlen(LINE_NAME) || memcmp(text, user, name) != 0 ||
        text[name] != '\n' || memcmp(text + name + 1, LINE_NAME, strlen(LINE_NAME)) != 0)
        return HF_EFORMAT;
    for (size_t i = name + 1; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return HF_EFORMAT;
    return secret_copy(text + name + 1, length - name - 1, out_line);
}

static enum hf_error read_kept(struct engine *engine)
{
    const struct file_rule rule = {
        .owner = geteuid(), .forbidden = 077, .maximum = SITE_TEXT_MAX + ANSWER_TOKEN_MAX + 64};
    SCOPED(secret) struct secret *kept = NULL;
    struct secret *line = NULL;
    size_t length = 0;
    if (engine->session_file == NULL)
        return HF_ENOTFOUND;
    TRY(secret_new(rule.maximum, &kept));
    TRY(file_read_into(engine->session_file, &rule, secret_bytes(kept), &length));
    secret_set_length(kept, length);
    TRY(parse_kept(engine->place->user, kept, &line));
    set_line(engine, line);
    return HF_OK;
}

static enum hf_error write_kept(const struct engine *engine, const struct secret *kept)
{
    char path[4096];
    SCOPED(fd) int lock = -1;
    TRY(text_format(path, sizeof path, "%s.lock", engine->session_file));
    TRY(lock_take(path, clock_ms(), &lock));
    return file_replace(engine->session_file, secret_view(kept), secret_length(kept), 0600);
}

/* Where it cannot be kept, or somebody else is keeping one, the next run logs in again. */
static void keep(const struct engine *engine)
{
    SCOPED(secret) struct secret *kept = NULL;
    const size_t name = strlen(engine->place->user), length = secret_length(engine->session);
    if (engine->session_file == NULL || secret_new(name + 1 + length, &kept) != HF_OK)
        return;
    memcpy(secret_bytes(kept), engine->place->user, name);
    secret_bytes(kept)[name] = '\n';
    memcpy(secret_bytes(kept) + name + 1, secret_view(engine->session), length);
    secret_set_length(kept, name + 1 + length);
    if (write_kept(engine, kept) != HF_OK)
        return;
}

static void put_text(struct secret *body, const char *text, size_t length)
{
    const size_t before = secret_length(body);
    memcpy(secret_bytes(body) + before, text, length);
    secret_set_length(body, before + length);
}

/* In JSON quotes, backslashes and control characters are escaped; \u and four digits do for all. */
static void put_quoted(struct secret *body, const char *text, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    put_text(body, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        const char escaped[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        if (c < 0x20 || c == '"' || c == '\\')
            put_text(body, escaped, sizeof escaped);
        else
            put_text(body, text + i, 1);
    }
    put_text(body, "\"", 1);
}

static enum hf_error make_body(const struct engine *engine, struct secret **out_body)
{
    const char *user = engine->place->user;
    const size_t length = secret_length(engine->password);
    SCOPED(secret) struct secret *body = NULL;
    TRY(secret_new(64 + 6 * (strlen(user) + length), &body));
    put_text(body, "{\"name\":", 8);
    put_quoted(body, user, strlen(user));
    put_text(body, ",\"password\":", 12);
    put_quoted(body, (const char *)secret_view(engine->password), length);
    put_text(body, "}", 1);
    *out_body = TAKE(body);
    return HF_OK;
}

/* HF_OK where there is a token now, or no need of one. */
static enum hf_error take_answer(struct engine *engine, const char *address,
                                 const struct transfer *transfer)
{
    SCOPED(secret) struct secret *token = NULL;
    struct secret *line = NULL;
    if (transfer->status != 200) {
        const struct answer_fault fault =
            answer_fault(transfer->bytes, transfer->length, transfer->status);
        engine->session_off = fault.no_auth;
        if (!fault.no_auth)
            engine_note(engine, address, fault.text);
        return fault.error;
    }
    enum hf_error error = answer_token(transfer->bytes, transfer->length, &token);
    if (error == HF_EPROTOCOL)
        engine_note(engine, address, "it answers a login with something else than a token");
    TRY(error);
    TRY(make_line(token, &line));
    set_line(engine, line);
    keep(engine);
    return HF_OK;
}

/* Asks one address. */
static enum hf_error log_in_at(struct engine *engine, const char *address, deadline_ms until,
                               const struct secret *body)
{
    SCOPED(transfer) struct transfer transfer = {0};
    char url[SITE_TEXT_MAX + 32];
    const deadline_ms left = until - clock_ms();
    TRY(text_format(url, sizeof url, "%s/v3/auth/authenticate", address));
    if (left <= 0)
        return HF_EDEADLINE;
    const struct transfer_plan plan = {.place = engine->place,
                                       .url = url,
                                       .method = "POST",
                                       .body = secret_view(body),
                                       .length = secret_length(body),
                                       .lines = {"Content-Type: application/json"},
                                       .maximum = 2 * ANSWER_TOKEN_MAX,
                                       .connect_ms = left < CONNECT_MS ? left : CONNECT_MS,
                                       .total_ms = left < ADDRESS_MS ? left : ADDRESS_MS};
    TRY(transfer_begin(&plan, NULL, &transfer));
    enum hf_error error = transfer_end(&transfer, (int)curl_easy_perform(transfer.easy));
    if (error == HF_OK)
        return take_answer(engine, address, &transfer);
    engine_note(engine, address, transfer.reason);
    return error;
}

static enum hf_error log_in(struct engine *engine, deadline_ms until)
{
    SCOPED(secret) struct secret *body = NULL;
    const size_t count = engine->place->address_count;
    enum hf_error error = HF_EUNAVAIL;
    TRY(engine_password(engine));
    TRY(make_body(engine, &body));
    for (size_t i = 0; i < count && clock_ms() < until; i++) {
        const size_t at = (engine->preferred + i) % count;
        error = log_in_at(engine, engine->place->addresses[at], until, body);
        if (error == HF_OK) {
            engine->preferred = at;
            return HF_OK;
        }
        if (error == HF_EREFUSED)
            return error;
    }
    return clock_ms() < until ? error : HF_EDEADLINE;
}

enum hf_error session_begin(struct engine *engine, deadline_ms until)
{
    if (engine->place->user[0] == '\0' || engine->session_off || engine->session != NULL)
        return HF_OK;
    return read_kept(engine) == HF_OK ? HF_OK : log_in(engine, until);
}

enum hf_error session_renew(struct engine *engine, unsigned serial, deadline_ms until)
{
    if (engine->session_serial != serial)
        return HF_OK;
    return log_in(engine, until);
}
