/*
 * hosts: a known_hosts file, and whether the library may be trusted to read it.
 *
 * libssh2 passes over markers (a key that is revoked counts when it stands there again), stops at the first
 * line it does not understand, and takes a CR for part of the key: such files are refused.
 */
#ifndef CROSSDOCK_REMOTE_HOSTS_H
#define CROSSDOCK_REMOTE_HOSTS_H

#include "base/arena.h"

/* NULL when the file is sound, and `types` are the key types it has for the host, with commas between, "" for
 * none (names may be hashed: those of such lines too).  Else why not, in the arena or static. */
const char *hosts_look(const char *path, const char *host, uint64_t port, struct arena *arena,
                       char types[256]);

#endif
