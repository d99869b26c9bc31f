#include "tools/when.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY 86400u

uint64_t when_now(void)
{
    return (uint64_t)time(NULL);
}

/* Exactly `count` digits. */
static bool take_digits(const char **at, size_t count, int *out_number)
{
    int number = 0;
    for (size_t i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        number = number * 10 + (**at - '0');
    }
    *out_number = number;
    return true;
}

static bool take_char(const char **at, char c)
{
    return *(*at)++ == c;
}

/* mktime(3) or timegm(3). */
typedef time_t make_time(struct tm *date);

static enum hf_error parse_date(const char *text, make_time *make, uint64_t *out_when)
{
    struct tm date = {.tm_isdst = -1};
    if (!take_digits(&text, 4, &date.tm_year) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &date.tm_mon) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &date.tm_mday) || *text != '\0')
        return HF_EFORMAT;
    date.tm_year -= 1900;
    date.tm_mon -= 1;
    const struct tm given = date;
    time_t when = make(&date);
    /* mktime(3) makes 3 March of 31 February. */
    if (when < 0 || date.tm_mon != given.tm_mon || date.tm_mday != given.tm_mday)
        return HF_EFORMAT;
    *out_when = (uint64_t)when;
    return HF_OK;
}

static enum hf_error parse_days(const char *text, uint64_t now, uint64_t *out_when)
{
    const size_t digits = strspn(text, "0123456789");
    int days = 0;
    if (digits == 0 || digits > 5 || strcmp(text + digits, "d") != 0 ||
        !take_digits(&text, digits, &days))
        return HF_EFORMAT;
    if (days > WHEN_DAYS_MAX)
        return HF_EFORMAT;
    *out_when = now + (uint64_t)days * DAY;
    return HF_OK;
}

static enum hf_error parse(const char *text, uint64_t now, make_time *make, uint64_t *out_when)
{
    uint64_t when = 0;
    if (strchr(text, 'd') != NULL)
        TRY(parse_days(text, now, &when));
    else
        TRY(parse_date(text, make, &when));
    if (when <= now)
        return HF_EEXPIRED;
    if (when > now + (uint64_t)WHEN_DAYS_MAX * DAY)
        return HF_EFORMAT;
    *out_when = when;
    return HF_OK;
}

enum hf_error when_parse(const char *text, uint64_t now, uint64_t *out_when)
{
    return parse(text, now, mktime, out_when);
}

enum hf_error when_parse_utc(const char *text, uint64_t now, uint64_t *out_when)
{
    return parse(text, now, timegm, out_when);
}

const char *when_print(uint64_t when, char text[static WHEN_TEXT_MAX])
{
    struct tm date;
    const time_t seconds = (time_t)when;
    (void)snprintf(text, WHEN_TEXT_MAX, "%s", "never");
    if (when == 0 || localtime_r(&seconds, &date) == NULL)
        return text;
    bool midnight = date.tm_hour == 0 && date.tm_min == 0 && date.tm_sec == 0;
    (void)strftime(text, WHEN_TEXT_MAX, midnight ? "%Y-%m-%d" : "%Y-%m-%d %H:%M", &date);
    return text;
}
