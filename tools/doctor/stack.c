#include "tools/doctor/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"

#define MODULE "pam_hf_token.so"
/* Files that include each other in a circle must end somewhere; libpam stops at 32, too. */
#define DEPTH_MAX 32

static bool file_has(const char *folder, const char *file, const char *type, int depth);

/* The next word; a control in brackets is one. NULL at the end of the line. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t\r\n");
    if (*word == '\0' || *word == '#')
        return NULL;
    char *end = word + strcspn(word, word[0] == '[' ? "]" : " \t\r\n");
    if (word[0] == '[' && *end != '\0')
        end++;
    *rest = end;
    if (*end != '\0') {
        *end = '\0';
        *rest = end + 1;
    }
    return word;
}

static bool is_module(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strcmp(slash == NULL ? path : slash + 1, MODULE) == 0;
}

static bool line_has(const char *folder, char *line, const char *type, int depth)
{
    char *first = next_word(&line);
    char *second = first == NULL ? NULL : next_word(&line);
    if (second == NULL)
        return false;
    if (strcmp(first, "@include") == 0)
        return file_has(folder, second, type, depth + 1);
    char *third = next_word(&line);
    if (first[0] == '-')
        first++;
    if (third == NULL || strcmp(first, type) != 0)
        return false;
    if (strcmp(second, "include") == 0 || strcmp(second, "substack") == 0)
        return file_has(folder, third, type, depth + 1);
    return is_module(third);
}

static bool file_has(const char *folder, const char *file, const char *type, int depth)
{
    char path[4096];
    bool found = false;
    if (depth > DEPTH_MAX ||
        (file[0] == '/' ? text_format(path, sizeof path, "%s", file)
                        : text_format(path, sizeof path, "%s/%s", folder, file)) != HF_OK)
        return false;
    FILE *stack = fopen(path, "re");
    if (stack == NULL)
        return false;
    SCOPED(text) char *line = NULL;
    size_t room = 0;
    while (!found && getline(&line, &room, stack) > 0)
        found = line_has(folder, line, type, depth);
    (void)fclose(stack);
    return found;
}

bool stack_in_folder_has(const char *folder, const char *service, const char *type)
{
    return file_has(folder, service, type, 0);
}

bool stack_has(const char *service, const char *type)
{
    return stack_in_folder_has("/etc/pam.d", service, type);
}
