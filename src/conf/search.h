/*
 * search: where maps/ and partners/ are.
 *
 * In order: the folder of -C, those of $CROSSDOCK_PATH (colons between), the working directory,
 * ~/.config/crossdock, the system's configuration folder, the folder of the installed data. Names come from
 * command lines and files: they are relative, of plain characters, and never lead out of where they are
 * looked for.
 */
#ifndef CROSSDOCK_CONF_SEARCH_H
#define CROSSDOCK_CONF_SEARCH_H

#include "base/arena.h"
#include "diag/complaint.h"

enum { SEARCH_MAX = 32 };

struct search {
    struct arena arena;
    unsigned n;
    const char *folders[SEARCH_MAX];
};

/* `first`: the folder of -C, or NULL.  False: no memory. */
bool search_init(struct search *search, const char *first);
void search_release(struct search *search);

/* The first of the folders that has the regular file (or the folder) `name`: a path in the search's arena.
 * NULL when none has, or the name is not one we look for.  Where the machine cannot tell (an I/O error) it
 * counts as there: opening it says why, and no later folder's file of that name is taken for it. */
const char *search_find(struct search *search, const char *name);
const char *search_find_folder(struct search *search, const char *name);

/* Is `name` fit to be looked for?  Parts of letters and digits of ASCII, ".", "-" and "_", none of them
 * empty or beginning with a dot, slashes between; 255 bytes at most. */
bool search_name_is_good(struct bytes name);

/* The folders, "a, b and c", for a message. */
const char *search_folders_text(struct search *search);

/* Calls `take` with the path and the bare name ("acme" of acme.yaml) of every file in `folder` ("partners")
 * with that suffix and a good name, of all folders, those found first hiding later ones of the same name; by
 * name within a folder.  `take` returns false to stop.  0, or the error of a folder that is there and could
 * not be read; a folder that may not be read counts as not there. */
int search_each(struct search *search, const char *folder, const char *suffix,
                bool (*take)(void *whom, const char *path, const char *name), void *whom);

/* What to say of a file or folder of the configuration that gave this error. */
enum complaint search_complaint(int error);

/* The name below `folder` that is most like this one, for "did you mean": "acme/850" for "acme/580".  In the
 * search's arena; NULL when none is near. */
const char *search_nearest(struct search *search, const char *folder, const char *suffix, struct bytes name);

#endif
