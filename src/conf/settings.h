/*
 * settings: a mapping of a YAML file read into a struct, as a table says.
 *
 * One row a key: its kind, where its value goes, bounds, default, and a sentence for the manual.  So a row
 * gives reading, checking, defaults, messages and the manual.  A key that no row has is an error, told with
 * the nearest one; everything told has file, line and column; reading goes on, so that one run tells all
 * mistakes. Texts and lists live in the arena and in the file's tree.
 */
#ifndef CROSSDOCK_CONF_SETTINGS_H
#define CROSSDOCK_CONF_SETTINGS_H

#include "base/decimal.h"
#include "conf/yaml.h"

enum settings_kind {
    SETTINGS_TEXT = 1, /* const char * */
    SETTINGS_TEXTS,    /* struct settings_texts: a list, or one text alone */
    SETTINGS_FLAG,     /* bool: yes, no, true, false, on, off */
    SETTINGS_COUNT,    /* uint64_t */
    SETTINGS_DURATION, /* uint64_t, seconds: 90s, 30m, 24h, 400d, 2w */
    SETTINGS_WORD,     /* int: the place of the word in `words` */
    SETTINGS_DECIMAL,  /* struct decimal */
    SETTINGS_MAPPING,  /* a struct of its own, by `inner` */
    SETTINGS_ANY,      /* const struct yaml_node *: for whoever knows more */
};

struct settings_texts {
    uint32_t n;
    const struct bytes *at; /* NUL-terminated each */
};

struct settings_row {
    const char *key;
    enum settings_kind kind;
    size_t offset;        /* of the value in the struct */
    bool required;        /* no default: it must be there */
    const char *fallback; /* the default, as the file would say it; NULL: the value stays as it was */
    uint64_t least, most; /* COUNT, DURATION: the value; TEXT: bytes; TEXTS: how many.  most 0: no bound */
    const char *const *words; /* WORD: up to a NULL */
    const struct settings *inner;
    const char *argument; /* for the manual: "NAME"; NULL: by the kind */
    const char *sentence; /* for the manual: a sentence or two, with their full stops */
};

struct settings {
    const struct settings_row *rows;
    unsigned n;
};

/* The rows of a table: {SETTINGS_ROWS(rows)}. */
#define SETTINGS_ROWS(table) (table), sizeof(table) / sizeof((table)[0])

/* Sets the defaults, then what the mapping says; a key without a value (or ~) keeps the default.  `node`
 * NULL: defaults alone.  False when something was wrong: told to the report. */
bool settings_read(const struct settings *settings, const struct yaml_node *node, void *values,
                   struct arena *arena, struct report *report);

/* "90s", "30m", "24h", "400d", "2w", or "0".  False on anything else. */
bool settings_duration(struct bytes text, uint64_t *seconds);

/* The key nearest to this one, or NULL. */
const char *settings_nearest(const struct settings *settings, struct bytes key);

/* The keys as a list of mdoc(7), with what they take, their defaults and their sentences. */
void settings_manual(const struct settings *settings, struct buffer *into);

#endif
