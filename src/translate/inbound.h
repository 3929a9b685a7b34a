/*
 * inbound: partners' X12 files to canonical records.
 *
 * One file after the other; each is read once, set by set: a set is walked, checked and mapped as its
 * segments come, and its record is written when SE was seen and nothing was wrong.  A bad set never harms
 * its neighbours.  Every set is counted exactly once: read = translated + rejected + ignored.
 */
#ifndef CROSSDOCK_TRANSLATE_INBOUND_H
#define CROSSDOCK_TRANSLATE_INBOUND_H

#include "canon/write.h"
#include "conf/search.h"
#include "diag/report.h"
#include "standard/view.h"
#include "wire/x12.h"

struct work;
struct partner;

/* A set, for those who look at more than its record: views that live during the call. */
struct inbound_document {
    struct work *work;
    const struct partner *partner;
    struct canon_record *record; /* with its source; the taker may use it up */
    const struct x12_delimiters *delimiters;
    const char *file;
    uint32_t n_segments; /* between ST and SE */
    const struct inbound_segment {
        struct segment_view view;
        uint16_t position; /* in work->set; UINT16_MAX: it has no place */
    } *segments;
    struct arena *arena; /* of the document */
};

struct inbound_settings {
    const char *partner; /* -p: whoever the file says it is from; NULL: found */
    const char *map;     /* -m: the map to use; NULL: the partner's, or x12-SET */
    bool known_partners_only;
    int unmapped;         /* enum unmapped, or -1: as the partner's file says */
    bool documents;       /* emit documents (the default) */
    bool acks;            /* emit functional_ack records: those we owe, and those received */
    bool rejects;         /* emit reject records */
    bool batch;           /* emit a batch record at the end of each file */
    bool check;           /* no records: print the acknowledgments that would be sent, as X12 */
    uint64_t max_segment; /* bytes; 0: the default */
    uint64_t max_set;     /* bytes; 0: the default */
    uint64_t spool_above; /* bytes that a record may hold in memory */
    const char *spool;    /* the folder for what is above */
    /* Takes the accepted documents, which are not written then; NULL: they are.  False: the run must stop. */
    bool (*take)(void *whom, const struct inbound_document *document);
    bool take_refused; /* the refused ones, too, as far as they could be read */
    void *whom;
};

/* Sets, but for the first two. */
struct inbound_counts {
    uint64_t interchanges, groups;
    uint64_t read, translated, rejected, ignored;
    uint64_t bytes, junk; /* bytes */
    uint64_t units;       /* rows and records, of flat files */
    bool blank;           /* the file holds nothing, or nothing but blanks */
    bool broken;          /* the file broke off: something in it has no end, or could not be read */
};

struct inbound;

/* NULL when the dictionary, the schema or the partner cannot be had: told to the report. */
struct inbound *inbound_open(const struct inbound_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out);
void inbound_close(struct inbound *inbound);

/* Translates what `fd` gives; `name` is for messages, `base` (without folders) for source.file.  False when
 * the run must stop (out of memory, the output failed, a configuration error). */
bool inbound_file(struct inbound *inbound, int fd, const char *name, const char *base);

/* Of the latest file, and of all. */
const struct inbound_counts *inbound_file_counts(const struct inbound *inbound);
const struct inbound_counts *inbound_counts(const struct inbound *inbound);

/* At the end: what no map read (by --unmapped), and whatever is told once a run. */
void inbound_finish(struct inbound *inbound);

#endif
