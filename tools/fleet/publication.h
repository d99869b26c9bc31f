/* One publication: the engine that publish.conf names, and the head, which is open while objects
 * are put. */
#ifndef HF_FLEET_PUBLICATION_H
#define HF_FLEET_PUBLICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "engine/engine.h"
#include "site/settings.h"
#include "store/head.h"
#include "tools/fleet/fleet.h"
#include "tools/fleet/generations.h"
#include "tools/fleet/names.h"
#include "tools/fleet/progress.h"

#define DAY 86400u
/* How long what is published holds, where --valid says nothing else. */
#define VALID_STANDARD (90 * (uint64_t)DAY)

/* Objects that are asked for, and put, at a time; and how long that may take. */
#define CHUNK          256
#define CHUNK_PATIENCE 60000

/* How often what somebody else has changed meanwhile is read again. */
#define ROUNDS 6

struct publication {
    struct fleet *fleet; /* borrowed */
    uint64_t now, valid; /* seconds; `valid` 0: VALID_STANDARD */
    struct site_settings settings;
    const struct site_engine *place;
    struct engine *engine;
    bool begun;     /* the head was opened */
    bool open;      /* the head is, as it was seen or put last */
    bool told;      /* that it is left open */
    bool due;       /* the folder's command is, and that is noted where it can be */
    bool changed;   /* something was put */
    bool refused;   /* this folder must not publish: nothing more is put, and it has been said */
    bool misplaced; /* there is no head where this folder knows of one */
    bool odd;       /* an object was no such thing, and was left alone: the exit code says so */
    struct progress progress;
    struct generations generations;
    bool accept_old;   /* an engine that was restored on purpose: what it has is published anew */
    unsigned old;      /* objects that were refused as old */
    unsigned foreign;  /* objects that are not of this fleet */
    unsigned returned; /* tokens that were taken back, and are published: the exit code says so */
    bool unwritten;    /* a file of the folder could not be */
    bool unkept;       /* the generations could not be written */
};
void publication_clear(struct publication *publication);
static inline void publication_scope_end(struct publication *held)
{
    publication_clear(held);
}

/* Reads --valid. Gives 0 or the exit code, and it has been said; as all here. */
int publication_valid(const char *command, const char *text, uint64_t *out_valid);

/* Reads publish.conf. Nothing is asked yet. */
int publication_open(struct fleet *fleet, uint64_t valid, struct publication *out_publication);

/* Whether there is a publish.conf. */
bool publication_wanted(const struct fleet *fleet);

/* Opens the head, before objects are put: each time. */
int publication_begin(struct publication *publication);

/* Closes the head that this folder has opened, now or before; with `renew` also one that somebody
   else has left open, and one that nears its end. Says where it stays open. Then runs the folder's
   command where anything was put, or it is still due. 1 also where an object was odd, or a token
   returned. */
int publication_end(struct publication *publication, bool renew);
/* The folder's command: that it is to be run, from before anything is put until it has succeeded,
   also after a kill; and runs it where it is. */
void publication_command_due(struct publication *publication);
int publication_command(struct publication *publication);

/* Writes a file of the folder that is for the case of a kill. Where it cannot, it says so once, and
   publication_end gives 1: a full disk must not keep anything from being revoked. */
bool publication_write(struct publication *publication, const char *file, const char *text);

/* Writes the generations. Where it cannot, it says so once, and publication_end gives 1. */
bool publication_keep(struct publication *publication);

/* The head as it is; *out_there is false where there is none, which leaves *out_head alone. */
HF_CHECKED enum hf_error head_look(struct publication *publication, struct head *out_head,
                                   bool *out_there);

/* Says what the engine had against an object. Gives `code`. */
int publication_say(struct publication *publication, enum hf_error error, const char *path);

/* The next generation. It is at least the present time, in milliseconds: where an engine has lost
   what it had, hosts that saw a higher one would refuse what comes next. */
uint64_t generation_next(uint64_t generation);

/* Looks whether an object is at least as new as what this folder has put or seen of it:
   HF_EROLLBACK. With accept_old an older one is taken: *generation becomes the highest, and *anew
   true, so that it is signed once more, and hosts take it. HF_EFUTURE for what hosts would refuse
   as that: a generation above it would be none that they take. HF_ENOMEM. */
HF_CHECKED enum hf_error publication_check(struct publication *publication, const char *path,
                                           uint64_t *generation, bool *anew);

/* Whether something published until then is to be signed anew. */
bool renewal_due(const struct publication *publication, uint64_t until);

/* Verifies an object by this fleet's signers; *out_old says that a previous one made it. What
   signed_open gives. */
HF_CHECKED enum hf_error object_open(const struct fleet *fleet, enum signed_kind kind,
                                     const struct engine_object *object, const char **out_payload,
                                     size_t *out_length, bool *out_old);

/* Whether the engine itself says who is published; a web server does not. */
bool users_can_list(const struct publication *publication);

/* Users of whom there is an object, sorted: from the engine, or, where that cannot list, from the
   folder's own list. */
int users_list(struct publication *publication, struct names *out_users);

/* Before something that all documents have to follow: whether that list can be trusted to have all,
   where others publish, too. `path`, or NULL, is a file of all users' names: *out_more has those
   that users_note is to add, which begins with {0} and is to be cleared. */
int users_complete(struct publication *publication, const char *path, struct names *out_more);

/* Adds users to that own list, where it is needed, before they are published. */
int users_note(struct publication *publication, const char *const *users, size_t count);

#endif
