/*
 * tree_write: units put together to a document in memory, for the writers of XML and JSON alone.
 *
 * A unit is an element; units inside it become its children.  Attributes may be named in any order, units
 * that share the front of their path share its elements, and a document that is dropped has left nothing
 * behind.
 */
#ifndef CROSSDOCK_WIRE_TREE_WRITE_H
#define CROSSDOCK_WIRE_TREE_WRITE_H

#include "base/arena.h"
#include "wire/tree.h"
#include "wire/unit_writer.h"

/* A tag's or field's place. */
struct tree_path {
    struct bytes text; /* as the map has it */
    unsigned n_steps;  /* elements to go down; 0: the unit itself */
    struct tree_step {
        const char *name;
        bool many; /* JSON: an array of such */
    } steps[TREE_MAX_STEPS];
    const char *attribute; /* of the last, or NULL: its text */
};

struct tree_attribute {
    struct tree_attribute *next;
    const char *name, *value;
};

struct tree_element {
    const char *name;
    const char *text;    /* NULL: none */
    enum unit_type type; /* of the text */
    bool many, written;  /* for JSON */
    struct tree_attribute *attributes, *last_attribute;
    struct tree_element *first, *last, *next, *previous;
    struct tree_element *outer; /* the unit around this unit */
};

struct tree_tag;

struct tree_writer {
    struct unit_writer base; /* must stay first */
    const struct tree_layout *layout;
    struct arena names;    /* paths: live as long as the writer */
    struct arena document; /* elements: live as long as the document */
    struct tree_tag *tags;
    unsigned n_tags;
    struct tree_element top; /* its children are the document's outermost elements */
    struct tree_element *unit;
    struct buffer scratch;
    unsigned documents; /* in this file */
    /* Of the format: whether a step of a path can be a name; what is wrong with a value, or NULL. */
    bool (*is_name)(const char *name);
    const char *(*misfit)(const struct tree_writer *writer, const struct tree_path *path,
                          struct unit_value value, const char **expected);
};

/* `ceiling`: bytes, of one document in memory. */
void tree_write_init(struct tree_writer *writer, const struct tree_layout *layout, size_t ceiling);
void tree_write_release(struct tree_writer *writer);

/* Tells what is wrong with a column (slot >= 0) or the document. */
void tree_write_tell(struct tree_writer *writer, int slot, struct bytes column, const char *what,
                     const char *expected);

/* Of a document that is put together: false when it is too large, or when files of the layout hold one and
 * this is another; told. */
bool tree_write_is_whole(struct tree_writer *writer);

/* For the format's unit_format. */
int tree_write_tag(struct unit_writer *writer, struct bytes text);
int tree_write_slot(struct unit_writer *writer, int tag, struct bytes key);
unsigned tree_write_slots(const struct unit_writer *writer, int tag);
void tree_write_begin_document(struct unit_writer *writer);
bool tree_write_begin_unit(struct unit_writer *writer, int tag, const struct unit_value *values);
void tree_write_end_unit(struct unit_writer *writer, int tag);

#endif
