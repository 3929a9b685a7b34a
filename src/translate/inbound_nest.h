/*
 * inbound_nest: a file as the nest it is: interchanges hold groups, groups hold sets, sets hold segments.
 * Private to inbound.c (files and dispatch), inbound_envelope.c (interchanges and groups) and
 * inbound_set.c.
 *
 * Each level opens at its header and closes at its trailer, or, when the trailer is missing, at whatever
 * shows that it is over: the close functions take whether the segment at hand is the trailer, and close
 * what is inside first.
 */
#ifndef CROSSDOCK_TRANSLATE_INBOUND_NEST_H
#define CROSSDOCK_TRANSLATE_INBOUND_NEST_H

#include "canon/id.h"
#include "canon/spill.h"
#include "partner/partner.h"
#include "standard/envelope.h"
#include "translate/inbound.h"
#include "translate/tell.h"
#include "translate/work.h"
#include "wire/x12.h"

struct level {
    bool open;
    bool odd; /* the header holds bytes outside ASCII */
    struct faults faults;
    struct fault *told; /* the latest fault that was told */
    uint64_t offset;    /* of the header segment */
};

struct interchange {
    struct level level;
    struct bytes isa[16];          /* copied: ISA01..ISA16 */
    struct bytes sender, receiver; /* "ZZ:ACME", trimmed */
    struct bytes created;
    const struct partner *partner;
    uint32_t groups;           /* found */
    struct envelope_seen seen; /* GS06 */
    const char *refusal;       /* why nothing of it is translated; NULL: it is */
    bool silent;               /* refused by a setting: not answered either */
    bool test;
    bool assumed; /* a fragment: there was no ISA, and there need be no IEA */
    bool answer;  /* a TA1 came in it */
};

struct group {
    struct level level;
    struct bytes gs[8];            /* copied: GS01..GS08 */
    const struct partner *partner; /* of the interchange, or the one GS02 names among those of one identity */
    const char *release;           /* of the tables */
    struct bytes kind;             /* GS01; empty when no set can be held to it */
    uint32_t sets;                 /* found */
    struct ack_group ack;
    bool answered;             /* the partner wants an acknowledgment */
    const char *refusal;       /* why none of its sets is translated; NULL: they are */
    struct envelope_seen seen; /* ST02 */
    /* What the sets of the group say of their source, all but their place and number. */
    struct canon_source source;
    struct canon_source_text source_text;
    const struct work *source_of; /* the work of these sets; NULL: none yet */
};

struct set {
    struct level level;
    uint64_t end;                         /* offset behind SE */
    uint32_t ordinal;                     /* of the latest segment */
    struct bytes id, control, convention; /* ST01..ST03: views in the window */
    struct work *work;
    struct canon_record record;
    bool mapped;            /* a record is being filled */
    bool usual;             /* and nothing else becomes of the segments than that */
    bool skipped;           /* over a limit: the rest is passed over up to its end */
    struct faults refusals; /* why we cannot take what the standard could: no acknowledgment says it */
    struct inbound_segment *segments; /* for settings->take */
    uint32_t n_segments, room;
};

struct inbound {
    const struct inbound_settings *settings;
    struct search *search;
    struct report *report;
    struct canon_sink *out;
    struct dictionary *dictionary;
    struct schema *schema;
    struct partners *partners;
    const struct partner *given; /* -p */
    struct rules rules;          /* for the envelope before a partner is known */
    struct workshop shop;
    struct arena life;     /* the run */
    struct arena envelope; /* an interchange: its header, its groups, their acknowledgments */
    struct arena document; /* a set: its faults, and what is made at its end */
    struct arena tree;     /* a set: its record */
    struct canon_spill spill;
    struct x12_read read;
    struct canon_id id;
    struct tell tell;
    struct x12_reader *reader;
    struct x12_segment segment;
    const char *file; /* for messages */
    const char *base; /* for records: without folders, so that they are the same everywhere */
    bool fragment;    /* no envelope: --check of a piece */
    bool ended;       /* the file is: what is missing now never comes */
    bool fatal;       /* the run must stop */
    struct interchange interchange;
    struct group group;
    struct set set;
    struct inbound_counts counts, total;
    struct envelope_seen seen; /* ISA13 of this file, by sender and receiver */
    struct bytes told_sender;  /* the unknown one that was told last */
    bool width_told;           /* the ISA at hand has not its fixed lengths: told */
};

/* Element n (from 1) of a segment; {NULL, 0} when it has none. */
static inline struct bytes inbound_element(const struct x12_segment *segment, unsigned n)
{
    return n <= segment->view.n_elements && n <= X12_MAX_ELEMENTS ? segment->view.element[n - 1]
                                                                  : (struct bytes){NULL, 0};
}

/* inbound.c */
void inbound_out_of_memory(struct inbound *in, const char *what);

/* Tells what was found in an envelope since the last time.  Views are copied: the window moves on, and the
 * acknowledgment still needs the faults. */
void inbound_tell_level(struct inbound *in, struct level *level, bool with_group);

/* A trailer that never came.  Where a set or a group broke off, the levels around it mostly did so, too: the
 * acknowledgment says each, the report the innermost. */
void inbound_add_missing(struct inbound *in, struct faults *faults, enum complaint complaint);

/* inbound_envelope.c */
void inbound_open_interchange(struct inbound *in);
void inbound_close_interchange(struct inbound *in, bool trailer);
void inbound_open_group(struct inbound *in);
void inbound_close_group(struct inbound *in, bool trailer);

/* Opens without a header what is not open: fragments have none. */
void inbound_assume_interchange(struct inbound *in);
void inbound_assume_group(struct inbound *in);

/* A segment that belongs to no set: TA1, or something lost. */
void inbound_loose_segment(struct inbound *in);

/* The segment at hand stands where the envelope does not allow it: told once a level. */
void inbound_tell_structure(struct inbound *in, const char *hint);

/* inbound_set.c */
void inbound_open_set(struct inbound *in);

/* Takes the segments of the set that is open, up to the first event that is something else, which it returns
 * (or until in->fatal). */
enum x12_event inbound_body(struct inbound *in);
void inbound_close_set(struct inbound *in, bool trailer);

/* The set at hand is over a limit: what was found so far is told while its views are good, the rest is passed
 * over. */
void inbound_skip_set(struct inbound *in, enum complaint complaint, const char *why);

/* Our own reasons to refuse a set: said like any other finding, and kept for the reject record. */
void inbound_refuse_set(struct inbound *in, enum complaint complaint, const char *why);

/* What a map says of a value: a map_complain. */
void inbound_map_complained(void *whom, const struct map_complaint *complaint);

#endif
