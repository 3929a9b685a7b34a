/*
 * flat_in_parts: a flat file on its way, from the inside.  Private to flat_in.c (files), flat_in_document.c
 * (documents), flat_in_whose.c, which knows whose a row is, and flat_in_tree.c (XML and JSON).
 */
#ifndef CROSSDOCK_TRANSLATE_FLAT_IN_PARTS_H
#define CROSSDOCK_TRANSLATE_FLAT_IN_PARTS_H

#include "map/flat_fill.h"
#include "translate/flat_document.h"
#include "translate/flat_in.h"
#include "wire/flat_keys.h"
#include "wire/flat_totals.h"

/* Rows that are broken, and may begin another document: held until the next good row tells whose they are. */
struct pending {
    bool some;
    bool keyed;               /* `key` is what their key columns hold */
    struct buffer key;
    struct arena arena;
    struct flat_document document;
};

/* Broken rows one behind the other, for one reason, as a file of another kind has them: the first few are
 * told one by one, the rest as one. */
struct broken_run {
    const char *what;     /* NULL: the row before was good */
    uint32_t n;
    struct finding untold; /* the first that was not told; its value is not kept */
};

/* What a record of totals says in one column. */
struct flat_said {
    struct bytes cell; /* at NULL: nothing */
    uint64_t offset;
    uint32_t line, place;
};

struct flat_in {
    const struct flat_in_settings *settings;
    struct report *report;
    struct canon_sink *out;
    struct schema *schema;
    struct map *map;
    struct flat_binding *binding;
    const struct flat_layout *layout;
    const struct charset *charset;
    struct canon_id id, reject_id;
    struct flat_keys *keys;   /* of the file's documents, or NULL: records have no key */
    struct arena arena;       /* one document */
    struct flat_document document;
    struct pending pending;
    struct broken_run run;
    struct canon_record record;
    int second;               /* of records: which kind came second in the open document; -1: none yet */
    struct buffer key, here;  /* of the open document; of the row at hand: columns, a NUL behind each */
    struct flat_fill fill;
    struct flat_in_tree *tree; /* of maps of XML and JSON; NULL: rows and records */
    const struct flat_unit *unit; /* at hand */

    /* the file */
    struct flat_reader *reader;
    const char *file, *base;
    bool headed;
    struct flat_tally tally;  /* since the latest record of totals */
    uint64_t documents_before; /* up to that */
    struct arena stated_arena;
    struct flat_said stated[FLAT_MAX_TOTALS]; /* what that said, where it stands before what it speaks of */
    bool said;                /* there was one */
    bool skipped;             /* the unit before was one: the next has nothing in common with it */
    struct sha256 *sha256;    /* of the file, where records tell it; or NULL */
    char digest[65];          /* its result, when the file was read to its end */
    struct inbound_counts counts;
    bool fatal;
};

/* The file was read to its end: its SHA-256, where records tell it. */
void flat_in_end_digest(struct flat_in *in);

void flat_in_out_of_memory(struct flat_in *in, const char *what);

/* What the map did not read, and how often. */
void flat_in_tell_unread(struct flat_in *in, const char *what, uint64_t count);

/* What the files are, for source.format. */
const char *flat_in_format(const struct flat_in *in);

/* Sees the blocks of the file as they are read. */
void flat_in_look(void *whom, const char *at, size_t len);

/* --- flat_in_document.c */

/* Completes a finding, tells it, and keeps it with the document. */
void flat_in_refuse(struct flat_in *in, struct flat_document *document, struct finding *finding);

/* The record's tag for a message: none where all rows are alike. */
struct bytes flat_in_tag(const struct flat_in *in, int tag);

/* Of the map's engine, as its `place` and its `complain`. */
void flat_in_place(void *whom, unsigned slot, uint32_t *line, uint32_t *place);
void flat_in_complained(void *whom, const struct flat_complaint *complaint);

void flat_in_begin_document(struct flat_in *in, const struct flat_unit *unit);
void flat_in_close_document(struct flat_in *in);
void flat_in_add_unit(struct flat_in *in, const struct flat_unit *unit);

/* The row's bytes belong to the document. */
void flat_in_add_bytes(struct flat_in *in, struct flat_document *document, const struct flat_unit *unit);

/* Counts it, and writes a reject record where one is wanted.  `record`: as far as it was read, or NULL. */
void flat_in_reject(struct flat_in *in, const struct flat_document *document,
                    const struct canon_record *record);

/* The same of a file as a whole. */
void flat_in_reject_file(struct flat_in *in, const struct flat_document *document);

/* --- flat_in_whose.c */

void flat_in_good_unit(struct flat_in *in, const struct flat_unit *unit);
void flat_in_broken_unit(struct flat_in *in, const struct flat_unit *unit);

/* No row comes any more. */
void flat_in_end(struct flat_in *in);

/* --- flat_in_totals.c: layouts with totals of a whole file */

/* A record goes by, which may be broken (then its sums are not known: the file's totals will differ). */
void flat_in_tally(struct flat_in *in, const struct flat_unit *unit);

/* The record of totals: what it says is compared, now or when what follows is over; it is of no document. */
void flat_in_totals(struct flat_in *in, const struct flat_unit *unit);

/* The file ends. */
void flat_in_totals_end(struct flat_in *in);

/* --- flat_in_tree.c: documents of XML and JSON, which know themselves what is theirs */

bool flat_in_tree_open(struct flat_in *in); /* False: told */
void flat_in_tree_close(struct flat_in *in);
void flat_in_tree_file(struct flat_in *in, int fd);
void flat_in_tree_finish(struct flat_in *in); /* not of layouts whose records are elements */
/* Of those: where a column of the unit at hand stands. */
void flat_in_tree_place(const struct flat_in *in, unsigned slot, uint32_t *line, uint32_t *column);

#endif
