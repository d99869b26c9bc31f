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

/* -1 for what is none. */
static int hex_value(char c)
{
    const char *digit = c == '\0' ? NULL : strchr(hex_digits, c);
    return digit == NULL ? -1 : (int)(digit - hex_digits);
}

/* One byte of a name; what does not decode stays, and is found by comparing. */
static char take_byte(const char **at)
{
    if ((*at)[0] == '%' && hex_value((*at)[1]) >= 0 && hex_value((*at)[2]) >= 0) {
        int byte = hex_value((*at)[1]) << 4 | hex_value((*at)[2]);
        *at += 3;
        return (char)byte;
    }
    return *(*at)++;
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
