/* Two PAM services, and Argon2id alone, in turn: bench-session COUNT USER SERVICE SERVICE
   Prints the median time of pam_open_session(3) in each, and of one Argon2id at our cost, in
   microseconds. The password is the first line of standard input; without one nobody authenticates.
 */
#include <security/pam_appl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/identity.h"
#include "tests/bench/median.h"

static char password[512];

static int converse(int count, const struct pam_message **questions,
                    struct pam_response **out_answers, void *data)
{
    struct pam_response *answers = calloc((size_t)count, sizeof *answers);
    (void)data;
    for (int i = 0; answers != NULL && i < count; i++)
        if (questions[i]->msg_style == PAM_PROMPT_ECHO_OFF)
            answers[i].resp = strdup(password);
    *out_answers = answers;
    return answers != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static double open_once(const char *service, const char *user)
{
    const struct pam_conv conversation = {converse, NULL};
    pam_handle_t *pamh = NULL;
    if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS ||
        (password[0] != '\0' && pam_authenticate(pamh, 0) != PAM_SUCCESS))
        exit(1);
    double start = bench_now();
    int status = pam_open_session(pamh, 0);
    double took = bench_now() - start;
    if (status != PAM_SUCCESS || pam_close_session(pamh, 0) != PAM_SUCCESS)
        exit(1);
    pam_end(pamh, PAM_SUCCESS);
    return took;
}

static double derive_once(void)
{
    unsigned char key[32], salt[IDENTITY_SALT_BYTES] = {0};
    double start = bench_now();
    if (crypto_pwhash(key, sizeof key, password, strlen(password), salt, IDENTITY_PASSES,
                      (size_t)IDENTITY_MEMORY_KIB * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        exit(1);
    return bench_now() - start;
}

int main(int argc, char **argv)
{
    size_t count = argc == 5 ? strtoul(argv[1], NULL, 10) : 0;
    double *times = calloc(count * 3 + 1, sizeof *times);
    if (count == 0 || times == NULL || sodium_init() < 0)
        return 2;
    if (fgets(password, sizeof password, stdin) != NULL)
        password[strcspn(password, "\n")] = '\0';
    for (size_t i = 0; i < 3; i++)
        (void)(open_once(argv[3], argv[2]) + open_once(argv[4], argv[2]));
    for (size_t i = 0; i < count; i++) {
        times[i] = open_once(argv[3], argv[2]);
        times[count + i] = open_once(argv[4], argv[2]);
        times[2 * count + i] = password[0] != '\0' ? derive_once() : 0;
    }
    for (size_t row = 0; row < 3; row++)
        printf("%.1f%c", bench_median(times + row * count, count), row < 2 ? ' ' : '\n');
    free(times);
    return 0;
}
