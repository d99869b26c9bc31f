/* The administrator's folder: the fleet's identity and signers, its hosts and pools, and where to
 * publish. */
#ifndef HF_FLEET_FLEET_H
#define HF_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/io.h"
#include "store/fleet.h"
#include "store/identity.h"
#include "store/paths.h"

struct arguments;
struct names;

/* The folder's path leaves room for what lies in it. */
#define FLEET_FOLDER_MAX 3071

#define FLEET_IDENTITY_FILE    "identity.json"
#define FLEET_NEXT_FILE        "identity.next.json" /* of a rotation that is under way */
#define FLEET_SIGNERS_FILE     "signer.pub"
#define FLEET_ROTATED_FILE     "rotated" /* when the identity came in the place of another */
#define FLEET_PUBLISH_FILE     "publish.conf"
#define FLEET_LOCK_FILE        "lock"
#define FLEET_SESSION_FILE     "session" /* the engine's */
#define FLEET_OPENED_FILE      "opened"  /* the head that a publication of this folder left open */
#define FLEET_COMMAND_FILE     "command" /* there: the folder's command is still to be run */
#define FLEET_USERS_FILE       "users"   /* who has been published, where an engine cannot list */
#define FLEET_GENERATIONS_FILE "generations" /* tools/fleet/generations.h */
#define FLEET_TAKEN_FILE       "taken-back"  /* tools/fleet/taken.h */
#define FLEET_HOSTS_FOLDER     "hosts"
#define FLEET_POOLS_FOLDER     "pools"

struct fleet {
    const char *command;                     /* for messages */
    const char *folder_word, *password_file; /* of the command line, or NULL; borrowed */
    char folder[FLEET_FOLDER_MAX + 1];       /* absolute */
    int lock;                                /* -1: not held */
    struct identity identity_file;
    struct key_pair identity;   /* after fleet_unlock */
    struct signing_key signing; /* the same */
    struct signers signers;     /* all that this fleet trusts, its own current one among them */
};
#define FLEET_INIT(name)                                                                           \
    {                                                                                              \
        .command = (name), .lock = -1                                                              \
    }
void fleet_clear(struct fleet *fleet);
static inline void fleet_scope_end(struct fleet *held)
{
    fleet_clear(held);
}

/* Takes an option that all these commands have; false for another one. */
bool fleet_option(struct fleet *fleet, int argument, const char *value);

/* Each of these gives 0, or the exit code, and it has been said. */

/* Finds the folder: --fleet, else HF_TOKEN_FLEET, else ~/.config/hf-token-fleet. */
int fleet_find(struct fleet *fleet);

/* The same, and reads what is public in it: there must be a fleet. */
int fleet_open(struct fleet *fleet);

/* Keeps other runs on this folder out, until fleet_clear. */
int fleet_lock(struct fleet *fleet);

/* Asks for the password, or reads it from --password-file. `again` NULL: asks once. */
int fleet_password(const struct fleet *fleet, const char *prompt, const char *again,
                   struct secret **out_password);

/* Asks a question of yes or no, which --yes answers. Where there is no terminal it must be given.
 */
int fleet_confirm(const struct fleet *fleet, bool yes, const char *question);

/* Says of a password that was just chosen that it is short. */
void fleet_note_password(const struct fleet *fleet, const struct secret *password);

/* Opens the identity with it: Argon2id, once in a command. */
int fleet_unlock(struct fleet *fleet);
int fleet_unlock_with(struct fleet *fleet, const struct secret *password);

/* fleet_open, fleet_lock and fleet_unlock; what a rotation that was broken off has left is removed.
 */
int fleet_begin(struct fleet *fleet);

/* Files in the folder. `file` is the name within it. */
HF_CHECKED enum hf_error fleet_path(const struct fleet *fleet, const char *file,
                                    struct store_path *out_path);
HF_CHECKED enum hf_error fleet_read(const struct fleet *fleet, const char *file, size_t maximum,
                                    char **out_text, size_t *out_length);
HF_CHECKED enum hf_error fleet_write(const struct fleet *fleet, const char *file, const void *bytes,
                                     size_t length);

/* A line for each. HF_ENOMEM besides. */
HF_CHECKED enum hf_error fleet_write_lines(const struct fleet *fleet, const char *file,
                                           const struct names *lines);

void fleet_remove(const struct fleet *fleet, const char *file);
bool fleet_has(const struct fleet *fleet, const char *file);

/* Says that a file of the folder could not be read or written. Gives `code`. */
int fleet_say(const struct fleet *fleet, const char *file, enum hf_error error);

/* The signers' lines, the current one first. `previous` may be NULL. */
HF_CHECKED enum hf_error fleet_write_signers(const struct fleet *fleet,
                                             const uint8_t current[static SIGNER_BYTES],
                                             const struct signers *previous);

/* Base64 with a zero byte behind it. */
#define KEY_TEXT_SIZE 45
const char *key_text(const uint8_t key[static KEY_BYTES], char text[static KEY_TEXT_SIZE]);

#endif
