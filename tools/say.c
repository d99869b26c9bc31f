#include "tools/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/character.h"
#include "common/name.h"

#define LINE_MAX_BYTES 8192

/* Letters and digits behind "hf_" that are no name's any more. */
#define LETTERS_OF_TOKEN 16

static void add(char line[static LINE_MAX_BYTES], const char *text)
{
    size_t used = strlen(line);
    (void)snprintf(line + used, LINE_MAX_BYTES - used, "%s", text);
}

/* One write(2), so that messages of several processes do not mix; nothing can be done where it
 * fails. */
static void print(char line[static LINE_MAX_BYTES])
{
    size_t used = strnlen(line, LINE_MAX_BYTES - 2);
    line[used] = '\n';
    ssize_t put = write(STDERR_FILENO, line, used + 1);
    (void)put;
}

__attribute__((format(printf, 2, 0))) static void begin(char line[static LINE_MAX_BYTES],
                                                        const char *format, va_list arguments)
{
    line[0] = '\0';
    add(line, program_name);
    add(line, ": ");
    size_t used = strlen(line);
    (void)vsnprintf(line + used, LINE_MAX_BYTES - used, format, arguments);
}

static void add_reason(char line[static LINE_MAX_BYTES], enum hf_error error, int system)
{
    if (error == HF_OK)
        return;
    add(line, ": ");
    add(line, error_text(error));
    if ((error == HF_EIO || error == HF_EKERNEL) && system != 0) {
        add(line, " (");
        add(line, strerror(system));
        add(line, ")");
    }
}

int say_failure(int code, enum hf_error error, const char *next, const char *what, ...)
{
    int system = errno;
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, what);
    begin(line, what, arguments);
    va_end(arguments);
    add_reason(line, error, system);
    if (next != NULL) {
        add(line, "\n  ");
        add(line, next);
    }
    print(line);
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
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    begin(line, format, arguments);
    va_end(arguments);
    print(line);
}

/* What stands for a character is never longer than it is. */
char *say_clean(char *text)
{
    const size_t length = strlen(text);
    size_t used = 0;
    for (size_t i = 0, size = 0; i < length; i += size) {
        if (character_is_shown(text + i, length - i, &size)) {
            memmove(text + used, text + i, size);
            used += size;
        } else {
            text[used++] = '?';
        }
    }
    text[used] = '\0';
    return text;
}

bool say_like_token(const char *word)
{
    return strncmp(word, "hf_", 3) == 0 || strncmp(word, "api_", 4) == 0;
}

static bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Behind other letters a short one is a word that has these letters in it. */
static bool is_token_at(const char *text, const char *at, const char *prefix)
{
    size_t following = 0;
    if (strncmp(at, prefix, strlen(prefix)) != 0)
        return false;
    while (is_alphanumeric(at[strlen(prefix) + following]))
        following++;
    return at == text || !is_alphanumeric(at[-1]) || following >= LETTERS_OF_TOKEN;
}

bool say_holds_token(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (is_token_at(text, at, "hf_") || is_token_at(text, at, "api_org_"))
            return true;
    return say_like_token(text);
}

bool say_quotable(const char *word)
{
    return token_name_valid(word) && !say_like_token(word) && strlen(word) <= 32;
}

bool say_option(const char *name, size_t length)
{
    return length <= 20 && strspn(name, "abcdefghijklmnopqrstuvwxyz-") >= length;
}
