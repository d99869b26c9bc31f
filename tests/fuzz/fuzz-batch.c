/* Lists to provision, CSV and JSON Lines: what is taken is sound, sorted and each once, and what is
 * said of mistakes never repeats what was read. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/io.h"
#include "store/seal.h"
#include "tests/fuzz/fuzz.h"
#include "tools/fleet/batch.h"
#include "tools/say.h"

const char program_name[] = "fuzz-batch";

/* In say.c's place: no message of a mistake has the beginning of a token, or is cut. */
int say_failure(int code, enum hf_error error, const char *next, const char *what, ...)
{
    char text[NEXT_MAX];
    va_list arguments;
    (void)error;
    (void)next;
    va_start(arguments, what);
    MUST(vsnprintf(text, sizeof text, what, arguments) < (int)sizeof text);
    va_end(arguments);
    MUST(strstr(text, "hf_") == NULL && strchr(text, '\n') == NULL);
    return code;
}

const char *say_next(char buffer[static NEXT_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(buffer, NEXT_MAX, format, arguments);
    va_end(arguments);
    return buffer;
}

void say_note(const char *format, ...)
{
    (void)format;
}

char *say_clean(char *text)
{
    return text;
}

bool say_quotable(const char *word)
{
    return word[0] == '\0';
}

bool say_like_token(const char *word)
{
    return strncmp(word, "hf_", 3) == 0;
}

bool say_holds_token(const char *text)
{
    return strstr(text, "hf_") != NULL;
}

static void check_row(const struct batch *batch, size_t index)
{
    const struct batch_row *row = &batch->rows[index], *before = row - 1;
    MUST(user_name_valid(row->user) && token_name_valid(row->name));
    MUST(token_valid((const char *)row->token, row->token_length));
    MUST(row->recipients < batch->recipients_count);
    MUST(batch->recipients[row->recipients].count > 0);
    MUST(row->line >= 1);
    MUST(row->expires == 0 || row->expires > batch->now);
    const int order = index > 0 ? strcmp(before->user, row->user) : -1;
    MUST(order < 0 || (order == 0 && strcmp(before->name, row->name) < 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct roster roster = {.host_count = 0};
    const struct recipients standard = {.count = 1};
    SCOPED(batch)
    struct batch batch = {.command = "provision",
                          .source = "a file",
                          .roster = &roster,
                          .standard = &standard,
                          .now = 1795294145};
    SCOPED(fd) int input = memfd_create("batch", MFD_CLOEXEC);
    MUST(store_start() == HF_OK);
    MUST(input >= 0 && io_write(input, bytes, length) == HF_OK && lseek(input, 0, SEEK_SET) == 0);
    if (batch_read(&batch, input) != 0)
        return 0;
    MUST(batch.count > 0 && batch.mistakes == 0);
    for (size_t i = 0; i < batch.count; i++)
        check_row(&batch, i);
    return 0;
}
