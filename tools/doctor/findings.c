#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/hostkey.h"
#include "tools/doctor/doctor.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/json-out.h"
#include "tools/say.h"

static const char *const level_names[LEVEL_COUNT] = {"ok", "warn", "bad"};

static void *checked(void *memory)
{
    if (memory == NULL)
        exit(say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "doctor"));
    return memory;
}

static char *copied(const char *text)
{
    return text != NULL ? checked(strdup(text)) : NULL;
}

static void add(struct doctor *doctor, const struct finding *finding)
{
    if (doctor->count == doctor->room) {
        doctor->room = doctor->room * 2 + 16;
        doctor->findings =
            checked(realloc(doctor->findings, doctor->room * sizeof *doctor->findings));
    }
    doctor->findings[doctor->count++] = *finding;
}

__attribute__((format(printf, 1, 0))) static char *format(const char *what, va_list arguments)
{
    char text[NEXT_MAX];
    (void)vsnprintf(text, sizeof text, what, arguments);
    return checked(strdup(text));
}

void doctor_find(struct doctor *doctor, enum level level, const char *next, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    const struct finding finding = {.check = doctor->check,
                                    .level = level,
                                    .what = format(what, arguments),
                                    .next = copied(next)};
    va_end(arguments);
    add(doctor, &finding);
}

void doctor_find_in(struct doctor *doctor, enum level level, const char *file, unsigned line,
                    const char *next, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    const struct finding finding = {.check = doctor->check,
                                    .level = level,
                                    .what = format(what, arguments),
                                    .file = copied(file),
                                    .line = line,
                                    .next = copied(next)};
    va_end(arguments);
    add(doctor, &finding);
}

bool doctor_key_is_half(void)
{
    struct stat status;
    enum hostkey_form form;
    return hostkey_form(&form) == HF_ENOHOSTKEY && lstat(HF_KEY_FOLDER "/host.pub", &status) == 0;
}

size_t doctor_count(const struct doctor *doctor, enum level level)
{
    size_t count = 0;
    for (size_t i = 0; i < doctor->count; i++)
        count += doctor->findings[i].level == level;
    return count;
}

static void print_finding(const struct finding *finding)
{
    printf("%-4s  %-11s  ", level_names[finding->level], finding->check);
    if (finding->file != NULL) {
        printf("%s", say_clean(finding->file));
        if (finding->line != 0)
            printf(":%u", finding->line);
        printf(": ");
    }
    printf("%s\n", finding->what);
    if (finding->next != NULL)
        printf("%19s%s\n", "", finding->next);
}

static int print_text(const struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++)
        print_finding(&doctor->findings[i]);
    printf("\n%zu bad, %zu to look at\n", doctor_count(doctor, LEVEL_BAD),
           doctor_count(doctor, LEVEL_WARN));
    return help_flush();
}

static struct json_object *finding_json(const struct finding *finding)
{
    struct json_object *row = json_out_object();
    json_out_text(row, "check", finding->check);
    json_out_text(row, "level", level_names[finding->level]);
    json_out_text(row, "what", finding->what);
    json_out_text(row, "file", finding->file);
    if (finding->line != 0)
        json_out_number(row, "line", finding->line);
    else
        json_out_add(row, "line", NULL);
    json_out_text(row, "next", finding->next);
    return row;
}

static int print_json(const struct doctor *doctor)
{
    struct json_object *all = json_out_object(), *findings = json_out_array();
    for (size_t i = 0; i < doctor->count; i++)
        json_out_append(findings, finding_json(&doctor->findings[i]));
    if (doctor->user != NULL)
        json_out_text(all, "user", doctor->user);
    json_out_number(all, "bad", doctor_count(doctor, LEVEL_BAD));
    json_out_number(all, "warn", doctor_count(doctor, LEVEL_WARN));
    json_out_add(all, "findings", findings);
    return json_out_print(all);
}

void doctor_clear(struct doctor *doctor)
{
    for (size_t i = 0; i < doctor->count; i++) {
        free(doctor->findings[i].what);
        free(doctor->findings[i].file);
        free(doctor->findings[i].next);
    }
    free(doctor->findings);
}

int doctor_print(const struct doctor *doctor, bool json)
{
    const int code = json ? print_json(doctor) : print_text(doctor);
    return code == TOOL_OK && doctor_count(doctor, LEVEL_BAD) > 0 ? TOOL_FAILED : code;
}

bool doctor_check_path(struct doctor *doctor, const char *path, uid_t owner, mode_t forbidden,
                       const char *next)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return false;
    if (status.st_uid != owner)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, next, "it belongs to uid %u instead of %u",
                       (unsigned)status.st_uid, (unsigned)owner);
    if ((status.st_mode & forbidden) != 0)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, next,
                       "its mode is %04o, which gives others too much",
                       (unsigned)(status.st_mode & 07777));
    return true;
}

void doctor_check_open(struct doctor *doctor, const char *path)
{
    struct stat status;
    char next[NEXT_MAX];
    if (lstat(path, &status) != 0)
        return;
    const bool folder = S_ISDIR(status.st_mode);
    const mode_t wanted = folder ? 0005 : 0004;
    if ((status.st_mode & wanted) != wanted)
        doctor_find_in(doctor, LEVEL_BAD, path, 0,
                       say_next(next, "As root: chmod %s %s", folder ? "755" : "644", path),
                       "its mode is %04o, so that users cannot %s it",
                       (unsigned)(status.st_mode & 07777), folder ? "enter" : "read");
}
