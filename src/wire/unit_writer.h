/*
 * unit_writer: what every outgoing format does with units.
 *
 * A unit is a tag and fields: a row, a fixed record, an XML element, a segment.  Whoever writes asks once
 * for the number of a tag and of each field in it (a slot), and then hands over units by number, document
 * by document.  A format is one file with one `struct unit_format`; the table in map/layout.c names them.
 *
 * A file is begin_file, documents, end_file; a document is begin_document, units that may nest (end_unit
 * comes after the units inside), and end_document or drop_document.  Text goes to `out`, which its owner
 * empties between documents: a dropped document has left nothing in it.  What a file begins with may be
 * known at its end alone (how many documents follow): then the writer is `late`, and head after end_file
 * writes what stands before all that was written before.
 */
#ifndef CROSSDOCK_WIRE_UNIT_WRITER_H
#define CROSSDOCK_WIRE_UNIT_WRITER_H

#include "base/buffer.h"

/* What a value is, so that a format can give it its own form. */
enum unit_type { UNIT_TEXT, UNIT_NUMBER, UNIT_DATE, UNIT_TIME, UNIT_DATETIME };

/* In canonical form: decimals with a point, ISO 8601 dates.  at NULL: no value. */
struct unit_value {
    struct bytes text;
    enum unit_type type;
};

/* Why a value cannot be written.  Texts live during the call. */
struct unit_fault {
    int slot;             /* -1: the unit as a whole */
    struct bytes column;  /* its name in the layout */
    const char *what;     /* "40 characters are too many for this column" */
    const char *expected; /* "at most 35 characters", or NULL */
};

/* Where the document came from: control numbers and such, for layouts that have columns for them. */
enum unit_source {
    UNIT_INTERCHANGE,
    UNIT_GROUP,
    UNIT_SET,
    UNIT_TYPE,
    UNIT_RELEASE,
    UNIT_CREATED_DATE, /* of the interchange */
    UNIT_CREATED_TIME,
    UNIT_TEST,         /* it is a test: any text */
    UNIT_SOURCES,
};

struct unit_format;

/* The first member of every format's writer. */
struct unit_writer {
    const struct unit_format *format;
    struct buffer *out;
    bool late;            /* files begin with what head writes at their end */
    struct bytes partner; /* of the document, for layouts that have a column for it; len 0: none */
    struct bytes source[UNIT_SOURCES]; /* of the document; len 0: not known */
    void (*fault)(void *to, const struct unit_fault *fault);
    void *to;
};

struct unit_format {
    const char *name;
    const char *extension; /* of files: "csv" */
    void (*close)(struct unit_writer *writer);

    /* The number of a tag, and of a field in units of that tag; -1: there is none. */
    int (*tag)(struct unit_writer *writer, struct bytes tag);
    int (*slot)(struct unit_writer *writer, int tag, struct bytes key);
    unsigned (*n_slots)(const struct unit_writer *writer, int tag);
    /* What stands between several values in one field; at NULL: it holds one.  NULL: fields hold one each. */
    struct bytes (*split)(const struct unit_writer *writer, int tag, int slot);
    /* Appends what there is, for a message: the tags (tag -1), or the fields of one tag. */
    void (*tell_known)(const struct unit_writer *writer, int tag, struct buffer *into);

    void (*begin_file)(struct unit_writer *writer);
    void (*end_file)(struct unit_writer *writer);
    void (*head)(struct unit_writer *writer); /* of writers that are late; NULL: none of the format is */
    void (*begin_document)(struct unit_writer *writer);
    /* False: what the document as a whole lacks was told; it is dropped. */
    bool (*end_document)(struct unit_writer *writer);
    void (*drop_document)(struct unit_writer *writer);

    /* `values` by slot, n_slots of them.  False: some value does not fit, each was told to `fault`. */
    bool (*begin_unit)(struct unit_writer *writer, int tag, const struct unit_value *values);
    void (*end_unit)(struct unit_writer *writer, int tag);
};

#endif
