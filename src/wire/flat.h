/*
 * flat: the layout of a file of records made of columns: delimited and fixed width.
 *
 * The loader of layouts (map/layout.c) fills it and keeps it; readers and writers look into it.
 */
#ifndef CROSSDOCK_WIRE_FLAT_H
#define CROSSDOCK_WIRE_FLAT_H

#include "wire/date_form.h"
#include "wire/number_form.h"
#include "wire/tree.h"
#include "wire/unit_writer.h"

/* What a column of fixed width counts when it is written: records, by their place among those of their
 * document that have such a column, from 1; the number of the record around this one, or 0; how deep it
 * stands.  Nobody reads it. */
enum flat_count { FLAT_COUNTS_NOTHING, FLAT_COUNTS_RECORDS, FLAT_COUNTS_PARENT, FLAT_COUNTS_LEVEL };

struct flat_column {
    struct bytes key;          /* as map rules name it */
    struct bytes heading;      /* as the header line names it */
    uint32_t width;            /* characters: of a fixed column; the most of a delimited one, 0: no bound */
    bool right;                /* aligned to the right */
    char pad;                  /* fills a fixed column on the other side */
    bool cut;                  /* what is too long is cut instead of refused */
    bool once;                 /* written in the first row of a document alone */
    bool required;             /* has a value in every row, read and written */
    bool skip;                 /* nobody reads it, on purpose */
    struct bytes file;         /* the group of the file's name that it is; at NULL: it stands in the record */
    struct bytes split;        /* what stands between several values in one cell; at NULL: one value */
    struct number_form number;
    const struct date_form *date; /* of this column; NULL: the layout's */
    struct bytes constant;     /* written when the rule gives nothing; at NULL: none */
    enum flat_count counts;
    unsigned first;            /* FLAT_COUNTS_LEVEL: of records that stand in no other */
};

/* Records of a tag that are more of the one before, whose text was too long for its column. */
struct flat_more {
    unsigned column; /* that holds the text */
    unsigned mark;   /* that says so */
    struct bytes says;
};

struct flat_record {
    struct bytes tag;
    unsigned n_columns;
    const struct flat_column *columns;
    int type; /* the column whose constant tells records of this tag; -1: none */
    const struct flat_more *more; /* or NULL: each record is whole */
    bool needed; /* each document that is read has one */
    unsigned n_file; /* columns, the last ones, that stand not in the record but in the file's name */
    /* fixed */
    uint32_t width;    /* characters: of all columns, or more: blanks behind them */
    uint32_t least;    /* characters that are there even where records may end early */
    struct bytes stem; /* its constant without the digits of a version; at NULL: it has none */
    unsigned n_head;   /* columns at the front that only files of fixed width have, not elements */
    const int *same;   /* its columns of the layout's n_same; -1: it has none */
};

/* An attribute that is always the same; name NULL: none. */
struct flat_attribute {
    const char *name, *value;
};

/* Records as elements of XML: their columns are elements in them, and so are records of loops. */
struct flat_elements {
    struct tree_layout tree;
    struct flat_attribute document, record;
};

/* What a column of the totals record says of all the file, or of what stands between it and the next one. */
enum { FLAT_MAX_TOTALS = 16 };
struct flat_total {
    unsigned slot;
    enum flat_total_of { FLAT_TOTAL_DOCUMENTS, FLAT_TOTAL_RECORDS, FLAT_TOTAL_SUM } of;
    int record;      /* FLAT_TOTAL_SUM: whose column is added up */
    unsigned column;
};

struct flat_layout {
    unsigned n_records;
    const struct flat_record *records;
    const struct date_form *date, *time, *datetime; /* NULL: as in the canonical record */
    struct bytes line_end;
    bool fixed;
    const struct flat_elements *elements; /* of fixed: the file is one of XML; or NULL */
    bool ragged;               /* rows and records may end early */
    /* Where a document begins: at a record of this number; or, of rows that are all alike, where a column of
     * the key changes. */
    int begins;                /* -1: by the key */
    unsigned n_key;            /* 0: a row a document */
    const unsigned *key;
    struct bytes file_name;    /* the pattern of the file's name; at NULL: it does not matter */
    int partner;               /* the column that names the partner, of rows or of the first record; -1 */
    const int *source;         /* by enum unit_source: columns of the first record that say it, -1; or NULL */
    unsigned n_same;           /* columns that say in every record of a document what its first one says */
    unsigned versions;         /* digits at the end of a type that may be others */
    const struct flat_record *other; /* which those of a type unknown are; NULL: they are broken */
    unsigned n_totals;         /* 0: no record of a file speaks of all of it */
    const struct flat_total *totals;
    int totals_record;         /* which one does */
    int totals_mark;           /* of rows that are all alike: the column in which it has ... */
    struct bytes totals_says;  /* ... this value; -1: its type says so */
    bool totals_itself;        /* it counts itself among the records */
    bool totals_first;         /* it stands at the beginning of the file, else at the end */
    const char *charset;       /* of the file's texts; NULL: UTF-8 */
    /* delimited */
    char separator;
    char quote;                /* 0: none */
    bool quote_all;
    bool header;
};

/* Characters before the column of its type. */
uint32_t flat_before_type(const struct flat_record *record);

/* Columns that stand in the record. */
static inline unsigned flat_inside(const struct flat_record *record)
{
    return record->n_columns - record->n_file;
}

/* A type without the digits of the version at its end, where it has as many. */
struct bytes flat_stem(const struct flat_layout *layout, struct bytes type);

/* The number of the record of that tag, and of the column of that key in it; -1: there is none. */
int flat_record_find(const struct flat_layout *layout, struct bytes tag);
int flat_column_find(const struct flat_record *record, struct bytes key);

/* Whether the unit is the one that speaks of the whole file. */
static inline bool flat_is_totals(const struct flat_layout *layout, int tag, const struct bytes *cells)
{
    return layout->n_totals > 0 && tag == layout->totals_record &&
           (layout->totals_mark < 0 || bytes_equal(cells[layout->totals_mark], layout->totals_says));
}

/* "a record of the layout: H, D, T", "a column of D: ...": for unit_format's tell_known. */
void flat_tell_known(const struct flat_layout *layout, int tag, struct buffer *into);

/* UTF-8 characters of a text. */
size_t flat_characters(struct bytes text);

/* A value in its column's form: numbers and dates turned, the width checked. */
struct flat_cell {
    struct bytes text;  /* without sign or pad; lives until the scratch buffer is used again */
    size_t characters;  /* of text and sign */
    char before, after; /* the sign: '-', a blank that keeps its place, or 0 */
    char what[128];     /* why it does not fit, when it does not */
    char expected[96];  /* "" when there is nothing to add */
};
bool flat_cell_make(struct flat_cell *cell, const struct flat_layout *layout,
                    const struct flat_column *column, struct unit_value value, bool fixed,
                    struct buffer *scratch);

/* A line end or any other control character shifts the columns behind it, or is none of XML.  False: told in
 * the cell. */
bool flat_can_stand(struct flat_cell *cell);

/* The value that the rule gives a column; or, in the first record, what the document as a whole says. */
struct unit_value flat_given(const struct flat_layout *layout, const struct unit_writer *writer, int tag,
                             unsigned slot, struct unit_value value);

/* Tells the misfit of one column to whoever drives the writer. */
void flat_tell(struct unit_writer *writer, int slot, const struct flat_column *column,
               const struct flat_cell *cell);

/* Whether a column without a value may stay so: not one that each row must have.  False: told. */
bool flat_may_be_empty(struct unit_writer *writer, int slot, const struct flat_column *column);

#endif
