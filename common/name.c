#include "common/name.h"

#include <string.h>

/* Not ctype.h's: those follow the locale of the process. */
static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_alphanumeric(char c)
{
    return is_lower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool token_name_valid(const char *name)
{
    size_t length = strnlen(name, TOKEN_NAME_MAX + 1);
    if (length == 0 || length > TOKEN_NAME_MAX || name[0] == '.' || name[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_alphanumeric(name[i]) && strchr("._-", name[i]) == NULL)
            return false;
    return true;
}

bool user_name_valid(const char *name)
{
    size_t length = strnlen(name, USER_NAME_MAX + 1);
    if (length == 0 || length > USER_NAME_MAX || name[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c < 0x20 || c == 0x7f || c == '/')
            return false;
    }
    return true;
}

bool source_name_valid(const char *name)
{
    size_t length = strnlen(name, SOURCE_NAME_MAX + 1);
    if (length == 0 || length > SOURCE_NAME_MAX || !is_lower(name[0]))
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_lower(name[i]) && !(name[i] >= '0' && name[i] <= '9') && name[i] != '-')
            return false;
    return true;
}

static bool all_between(const char *bytes, size_t length, char from, char to)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < from || bytes[i] > to)
            return false;
    return true;
}

bool token_valid(const char *bytes, size_t length)
{
    return length > 0 && length <= TOKEN_MAX && all_between(bytes, length, '!', '~');
}

bool grant_valid(const char *bytes, size_t length)
{
    return length > 0 && length <= GRANT_MAX && all_between(bytes, length, ' ', '~');
}
