/*
 * sweep: input files whose batch is committed whole out of the way, into the archive.
 */
#ifndef CROSSDOCK_LEDGER_SWEEP_H
#define CROSSDOCK_LEDGER_SWEEP_H

#include "ledger/archived.h"

struct sweep_settings {
    uint64_t grace; /* seconds: nothing is said of younger files that are not posted */
};

struct sweep_counts {
    uint64_t swept, left, young; /* files */
};

/* The regular files of the folder itself, but for those that begin with a dot or end in .part, .tmp or
 * .filepart, which are not whole yet.  Those that stay are told, and why.  False: told. */
bool sweep_folder(struct ledger *ledger, struct store *store, const char *folder,
                  const struct sweep_settings *settings, struct sweep_counts *counts);

#endif
