/*
 * name: which names that a server lists may become names of files here.
 *
 * A name is never a path: no slash, no NUL, no control character, valid UTF-8, 1 to 200 bytes, and none that
 * begins with a dot or a dash.
 */
#ifndef CROSSDOCK_REMOTE_NAME_H
#define CROSSDOCK_REMOTE_NAME_H

#include "base/bytes.h"

enum { NAME_MAX_BYTES = 200 };

/* Dot files are everywhere ("." and ".." to begin with): nobody needs to hear of them. */
static inline bool name_is_hidden(struct bytes name)
{
    return name.len > 0 && name.at[0] == '.';
}

bool name_is_good(struct bytes name);

/* What a file is called once it is decrypted: without the .pgp, .gpg or .asc that says that it is not. */
struct bytes name_decrypted(struct bytes name);

#endif
