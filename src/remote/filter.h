/*
 * filter: a partner's command that encrypts or decrypts a file, such as gpg.
 *
 * It is run without a shell; its input is the file, its output the new one, and nothing else is open to it
 * but what it says on standard error, whose end is told when it fails.
 */
#ifndef CROSSDOCK_REMOTE_FILTER_H
#define CROSSDOCK_REMOTE_FILTER_H

#include "conf/settings.h"
#include "diag/complaint.h"

enum { FILTER_TEXT = 300 };

enum filter_result {
    FILTER_DONE,
    FILTER_REFUSED, /* it ended with another status than 0: it does not want the file */
    FILTER_BROKEN,  /* it cannot be started, or was killed: that says nothing about the file */
};

/* From the beginning of `in` to the end of `out`, until `until` at most (milliseconds of CLOCK_MONOTONIC): it
 * is killed then.  Not done: `why` says what went wrong. */
enum filter_result filter_run(const struct settings_texts *command, int in, int out, int64_t until,
                              char why[FILTER_TEXT]);

/* How one that is not done is told: a file that is refused is for people, a missing command is not. */
static inline enum complaint filter_complaint(enum filter_result result)
{
    return result == FILTER_REFUSED ? REMOTE_FILTER : REMOTE_NO_FILTER;
}

#endif
