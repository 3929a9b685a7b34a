/*
 * write: the write engine: a map walked over a canonical record, units handed to a format's writer.
 *
 * What the walk writes, a rule at a time: `each` gives a unit for each element of its list, `at` one when the
 * object is there, any other rule one when the record has a value for it or for what is nested in it; a rule
 * that only writes constants always gives one.  Of alternatives that take from one list, the first that fits
 * an element takes it; a test on a field that the rule also writes holds in both directions.
 *
 * A document that cannot be written is refused with all that is wrong in it, and has left nothing in the
 * output; the next one goes on.
 */
#ifndef CROSSDOCK_MAP_WRITE_H
#define CROSSDOCK_MAP_WRITE_H

#include "canon/record.h"
#include "map/map.h"
#include "wire/unit_writer.h"

struct map_writer;

/* Binds the map to its format.  The map must outlive it.  NULL: told to the report (configuration). */
struct map_writer *map_writer_open(const struct map *map, struct report *report);
void map_writer_close(struct map_writer *writer);

const struct unit_format *map_writer_format(const struct map_writer *writer);

/* The beginning and the end of a file, appended to `out`. */
void map_writer_begin(struct map_writer *writer, struct buffer *out);
void map_writer_end(struct map_writer *writer, struct buffer *out);
/* Whether a file begins with what is known at its end alone; then that, to be put before all the rest. */
bool map_writer_is_late(const struct map_writer *writer);
void map_writer_head(struct map_writer *writer, struct buffer *out);

struct map_write {
    const struct canon_record *record;
    struct place place;          /* of the record in its input, for findings */
    bool refuse_unwritten;       /* a field that no map line writes refuses the document */
    void (*tell)(void *whom, const struct finding *finding); /* each thing that is wrong */
    void *whom;
};

/* One document, appended to `out`.  False: it was refused, and told. */
bool map_writer_document(struct map_writer *writer, struct buffer *out, const struct map_write *write);

/* Fields that the records had and no map line writes, over all documents: their number, and each path
 * ("lines.notes") with its count, in the schema's order. */
uint64_t map_writer_unwritten(const struct map_writer *writer);
void map_writer_each_unwritten(const struct map_writer *writer,
                               void (*take)(void *whom, const char *path, uint64_t count), void *whom);

#endif
