/*
 * laws_trial: a document on trial.  Private to laws.c, which brings documents, laws_trial.c, which tries
 * them, and laws_tell.c, which tells what differs.
 */
#ifndef CROSSDOCK_TRANSLATE_LAWS_TRIAL_H
#define CROSSDOCK_TRANSLATE_LAWS_TRIAL_H

#include "map/x12_put.h"
#include "translate/laws.h"
#include "translate/laws_compare.h"
#include "translate/work.h"

struct known_putter {
    struct known_putter *next;
    const struct work *work;
    struct x12_putter *putter;
};

struct tally {
    struct tally *next;
    const char *set, *map;
    uint64_t documents, same, declared;
};

struct laws {
    struct laws_settings settings;
    struct report *report;
    struct dictionary *dictionary; /* of records; sets that are taken bring their work */
    struct schema *schema;
    struct partners *partners;
    struct workshop shop;
    struct arena life, arena; /* the run; a document */
    struct buffer set;
    struct known_putter *putters;
    struct tally *tallies;
    struct x12_read read;

    /* the document at hand */
    const struct map *map;
    struct place place;
    uint64_t differences, declared;
};

/* A document on trial. */
struct trial {
    struct work *work;
    const struct partner *partner;
    struct x12_style style;
    struct canon_record *record; /* is used up */
    const struct canon_record *as_it_was;
    struct law_segment *segments; /* that it was read from; NULL: it was a record */
    uint32_t n_segments;
};

/* Writes the document, reads what was written, and tells what differs.  False: out of memory, told. */
bool laws_try(struct laws *laws, struct trial *trial);

/* Reads segments into a record that was begun. */
void laws_begin_reading(struct laws *laws, const struct trial *trial, struct canon_record *record,
                        const struct x12_delimiters *delimiters);
void laws_read_segment(struct laws *laws, const struct segment_view *view, uint16_t position);

/* NULL: the segment has no place. */
const struct standard_position *laws_position(const struct work *work, uint16_t position);

/* Told, and counted when it is an error. */
void laws_tell(struct laws *laws, struct finding *finding);
bool laws_no_memory(struct laws *laws);

/* What the comparisons and the write engine tell: their `whom` is the laws. */
void laws_segment_differs(void *whom, enum law_difference difference, const struct law_segment *segment,
                          uint32_t element, struct bytes was, struct bytes became);
void laws_field_differs(void *whom, const char *path, struct bytes was, struct bytes became);
void laws_put_complained(void *whom, const struct x12_put_fault *fault);
void laws_unwritten(void *whom, const char *path, struct bytes value);

#endif
