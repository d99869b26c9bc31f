/* Paths of objects: each that is a user's is the one that this user's name gives. */
#include <string.h>

#include "store/object-path.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char user[USER_NAME_MAX + 1];
    struct object_path path;
    char *text = malloc(length + 1);
    MUST(text != NULL);
    memcpy(text, bytes, length);
    text[length] = '\0';
    if (object_path_parse_user(text, user) == HF_OK)
        MUST(object_path_user(user, &path) == HF_OK && strcmp(path.text, text) == 0);
    if (object_path_user(text, &path) == HF_OK) {
        MUST(strspn(path.text + strlen(OBJECT_USERS), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                      "abcdefghijklmnopqrstuvwxyz0123456789._-%") ==
             strlen(path.text) - strlen(OBJECT_USERS));
        MUST(object_path_parse_user(path.text, user) == HF_OK && strcmp(user, text) == 0);
    }
    free(text);
    return 0;
}
