/*
 * filter: a partner's command that encrypts or decrypts a file, such as gpg.
 *
 * It is run without a shell; its input is the file, its output the new one, and nothing else is open to it
 * but what it says on standard error, whose end is told when it fails.
 */
#ifndef CROSSDOCK_REMOTE_FILTER_H
#define CROSSDOCK_REMOTE_FILTER_H

#include "conf/settings.h"

enum { FILTER_TEXT = 300 };

/* From the beginning of `in` to the end of `out`, until `until` at most (milliseconds of CLOCK_MONOTONIC): it
 * is killed then.  False: `why` says what went wrong. */
bool filter_run(const struct settings_texts *command, int in, int out, int64_t until, char why[FILTER_TEXT]);

#endif
