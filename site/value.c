#include "site/value.h"

#include <stdint.h>
#include <string.h>

#include "common/character.h"
#include "site/settings.h"

#define DAY 86400u
/* A year. */
#define DURATION_MAX (366 * DAY)

bool value_text(const char *value, void *field)
{
    size_t length = strlen(value);
    if (length == 0 || length > SITE_TEXT_MAX || !character_all_shown(value))
        return false;
    memcpy(field, value, length + 1);
    return true;
}

bool value_path(const char *value, void *field)
{
    return value[0] == '/' && value_text(value, field);
}

bool value_user(const char *value, void *field)
{
    return strpbrk(value, ": ") == NULL && value_text(value, field);
}

bool value_prefix(const char *value, void *field)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "._-/";
    return value[strspn(value, letters)] == '\0' && value_text(value, field);
}

bool value_url(const char *value, void *field)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "._-~:/[]";
    static const char scheme[] = "https://";
    char *text = field;
    const char *host = value + strlen(scheme);
    if (strncmp(value, scheme, strlen(scheme)) != 0 || value[strspn(value, letters)] != '\0' ||
        strcspn(host, ":/") == 0 || strstr(host, "/.") != NULL || !value_text(value, text))
        return false;
    for (size_t length = strlen(text); text[length - 1] == '/'; length--)
        text[length - 1] = '\0';
    return true;
}

bool value_flag(const char *value, void *field)
{
    bool *flag = field;
    *flag = strcmp(value, "yes") == 0;
    return *flag || strcmp(value, "no") == 0;
}

static uint32_t unit_seconds(char unit)
{
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return DAY;
    default:
        return 0;
    }
}

bool value_duration(const char *value, void *field)
{
    uint32_t count = 0, *seconds = field;
    size_t digits = strspn(value, "0123456789");
    uint32_t unit = unit_seconds(value[digits]);
    if (digits == 0 || digits > 8 || unit == 0 || value[digits + 1] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        count = count * 10 + (uint32_t)(value[i] - '0');
    if (count == 0 || count > DURATION_MAX / unit)
        return false;
    *seconds = count * unit;
    return true;
}
