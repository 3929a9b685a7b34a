/*
 * replay_step: a replay from the inside.  Private to replay.c, which does it, and replay_print.c, which says
 * it.
 */
#ifndef CROSSDOCK_LEDGER_REPLAY_STEP_H
#define CROSSDOCK_LEDGER_REPLAY_STEP_H

#include "base/buffer.h"
#include "ledger/lease.h"
#include "ledger/replay.h"

enum { REPLAY_WINDOW = 2 * CANON_SINK_LEAST };

struct replay {
    struct ledger *ledger;
    struct replay_settings settings;
    struct lease lease;
    struct replay_counts counts;
    bool *seen;         /* those that were wanted */
    struct buffer text; /* to be printed */
    size_t kept_text;   /* of it, and of the counts: of files that are over */
    struct replay_counts kept;
    struct waiting {
        struct canon_sink sink; /* into the text; must stay first */
        struct buffer *text;
        char window[REPLAY_WINDOW];
    } waiting;
};

/* One document at hand. */
struct step {
    struct replay *replay;
    const struct document_context *context;
    const struct canon_record *record;
    struct bytes line;
    int64_t old; /* the row that it takes the place of */
    char old_id[33];
    char old_outcome; /* of its arrival, by the first letter */
    bool old_rejected;
    bool was_replaced; /* the record is that of one that was put aside for `old` */
    uint64_t n_fields; /* that differ */
};

void replay_paper_init(struct replay *replay);

/* A head, the fields below it (a canon_tell_field of the step), and a foot. */
void replay_put_head(struct step *step, const char *what);
void replay_put_field(void *whom, const char *path, struct bytes was, struct bytes became);
void replay_put_foot(struct step *step);

#endif
