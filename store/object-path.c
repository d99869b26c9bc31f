#include "store/object-path.h"

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "common/io.h"

static const char hex_digits[] = "0123456789ABCDEF";

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/* A name does not begin with a dot, so that no path is a folder's "." or "..". */
enum hf_error object_path_user(const char *user, struct object_path *out_path)
{
    struct object_path path = {.text = OBJECT_USERS};
    char *at = path.text + strlen(path.text);
    if (!user_name_valid(user))
        return HF_ENAME;
    for (; *user != '\0'; user++) {
        const unsigned char byte = (unsigned char)*user;
        if (is_plain(*user)) {
            *at++ = *user;
            continue;
        }
        *at++ = '%';
        *at++ = hex_digits[byte >> 4];
        *at++ = hex_digits[byte & 15];
    }
    *out_path = path;
    return HF_OK;
}

enum hf_error object_path_host(const char *folder, const uint8_t host[static KEY_BYTES],
                               struct object_path *out_path)
{
    char hex[2 * KEY_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, host, KEY_BYTES);
    if (text_format(out_path->text, sizeof out_path->text, "%s%s", folder, hex) != HF_OK)
        return HF_ENAME;
    return HF_OK;
}

#define NO_DIGIT 16

static unsigned hex_value(char c)
{
    const char *digit = c == '\0' ? NULL : strchr(hex_digits, c);
    return digit == NULL ? NO_DIGIT : (unsigned)(digit - hex_digits);
}

/* One byte of a name; what does not decode stays, and is found by comparing. */
static char take_byte(const char **at)
{
    const char *const from = *at;
    const unsigned high = from[0] == '%' ? hex_value(from[1]) : NO_DIGIT;
    const unsigned low = high == NO_DIGIT ? NO_DIGIT : hex_value(from[2]);
    *at += low == NO_DIGIT ? 1 : 3;
    if (low == NO_DIGIT)
        return *from;
    return (char)(high << 4 | low);
}

enum hf_error object_path_parse_user(const char *path, char out_user[USER_NAME_MAX + 1])
{
    struct object_path again;
    char user[USER_NAME_MAX + 1];
    size_t length = 0;
    if (strncmp(path, OBJECT_USERS, strlen(OBJECT_USERS)) != 0)
        return HF_EFORMAT;
    for (const char *at = path + strlen(OBJECT_USERS); *at != '\0';) {
        if (length == USER_NAME_MAX)
            return HF_EFORMAT;
        user[length++] = take_byte(&at);
    }
    user[length] = '\0';
    /* One path for each name. */
    if (object_path_user(user, &again) != HF_OK || strcmp(again.text, path) != 0)
        return HF_EFORMAT;
    memcpy(out_user, user, length + 1);
    return HF_OK;
}
