/*
 * tree: documents that are trees, as those of XML and JSON: what a layout says of their files, and what their
 * readers (xml_read, json_read) hand over, a document at a time.
 *
 * Tags and fields are paths: "lines/line", "price/@currency", "@number"; "." is a unit's own text, and
 * "./each" is "each", where a map could not say that.
 */
#ifndef CROSSDOCK_WIRE_TREE_H
#define CROSSDOCK_WIRE_TREE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "wire/date_form.h"

/* --- the layout */

struct tree_namespace {
    const char *name; /* "xmlns" or "xmlns:prefix" */
    const char *uri;
};

/* How JSON writes a value. */
enum tree_type { TREE_STRING, TREE_NUMBER, TREE_BOOLEAN };

struct tree_member {
    struct bytes name; /* wherever it stands */
    enum tree_type type;
};

struct tree_layout {
    bool json; /* else XML */
    /* XML: the outermost element, which holds the documents of a file; NULL: that is the document.  JSON: the
     * member of the outermost object that holds them; NULL: they are what is outermost. */
    const char *root;
    const char *document; /* XML: the element of a document; JSON: what rules call it */
    bool array;           /* JSON: the file is an array of documents; root is NULL */
    bool lines;           /* JSON: a document a line; root is NULL */
    unsigned n_members;   /* JSON: those that are not of the type that their field has */
    const struct tree_member *members;
    unsigned n_skip;
    const struct bytes *skip; /* names that nobody reads, on purpose: as one step of a path */
    unsigned n_namespaces;
    const struct tree_namespace *namespaces;
    unsigned indent;                                /* blanks a level; 0: no line breaks */
    const struct date_form *date, *time, *datetime; /* NULL: as in the canonical record */
};

/* Whether a file is one document. */
static inline bool tree_layout_is_alone(const struct tree_layout *layout)
{
    return layout->root == NULL && !layout->lines && !layout->array;
}

/* --- names that somebody asks for */

enum { TREE_MAX_NAMES = 16384, TREE_MAX_STEPS = 8 };

struct tree_names;

/* The namespace's name; at NULL: none. */
struct tree_name {
    struct bytes space, name;
    bool attribute;
};

struct tree_names *tree_names_open(void); /* NULL: out of memory */
void tree_names_close(struct tree_names *names);

/* The name's number, from 1; made if it is new.  0: out of memory, or there are too many. */
uint16_t tree_names_add(struct tree_names *names, struct tree_name name);
/* 0: nobody asks for it. */
uint16_t tree_names_find(const struct tree_names *names, struct tree_name name);

/* One step of a path.  XML: by its prefix in the layout's namespaces; without one, the layout's own namespace
 * for elements, and none for attributes ("@name").  JSON: a member; "[]" behind it says that it is an array.
 * False: the layout has no such prefix. */
bool tree_name_of(const struct tree_layout *layout, struct bytes step, struct tree_name *name);

/* --- a document */

enum tree_kind {
    TREE_ELEMENT,   /* of JSON: a member's value */
    TREE_ATTRIBUTE, /* its children come before the elements */
    TREE_NOTHING,   /* null, and an array of nothing: without a number, so that nobody finds it */
    TREE_RUN,       /* of an element with text and elements mixed: the second text, and those after it */
};

struct tree_node {
    struct bytes name; /* without a prefix; the document's own: as the layout has it */
    struct bytes text; /* at NULL: none */
    struct tree_node *up, *next, *first, *last;
    uint32_t offset; /* bytes, of its first one in the document; an attribute's is its element's */
    uint16_t id;     /* of tree_names, or 0 */
    uint8_t kind;    /* enum tree_kind */
    /* For whoever looks at it, false at first: its text was read, its children looked at, it was taken. */
    bool read, entered, taken;
};

/* A place in a file. */
struct tree_mark {
    uint64_t offset;       /* bytes */
    uint32_t line, column; /* from 1; characters */
};
#define TREE_MARK_BEGIN ((struct tree_mark){0, 1, 1})

/* Moves on over bytes. */
void tree_mark_pass(struct tree_mark *mark, const char *at, size_t len);

/* What is wrong with a document or a file: texts of its own, that can be copied. */
struct tree_trouble {
    char what[160];     /* "": nothing */
    char expected[160]; /* "" when there is nothing to add */
    char path[240];     /* the element or member; "" where there is none */
    char value[40];     /* what is there, the beginning of it */
    uint8_t value_len;
    uint32_t line, column;
};

/* How far it goes. */
enum tree_extent {
    TREE_WHOLE,
    TREE_CUT,   /* the file's form breaks within it: it is all that stands there from its beginning */
    TREE_BEHIND /* no document: the file's form breaks behind the last one, and this is the rest */
};

struct tree_document {
    struct tree_node *top;
    enum tree_extent extent;
    struct bytes raw;       /* its text, in UTF-8; nothing of one that is too large, or not whole */
    struct tree_mark begin; /* where it stands */
    uint64_t length;        /* bytes in the file; 0 of one that is not whole */
    bool too_large;
    struct tree_trouble trouble; /* what makes it unreadable, or nothing */
};

/* "order/lines/line[2]/@number", as far as it fits. */
void tree_path(const struct tree_node *node, char *into, size_t size);

/* Where the node stands in the file. */
struct tree_mark tree_place(const struct tree_document *document, const struct tree_node *node);

/* --- reading */

enum tree_event {
    TREE_END,
    TREE_BROKEN,  /* the rest of the file cannot be read: the last document is not whole, and says why */
    TREE_REFUSED, /* the file as a whole: tree_trouble; there were no documents */
    TREE_READ_ERROR,
    TREE_NO_MEMORY,
    TREE_STOPPED, /* by who takes the documents */
};

/* Bounds, in bytes or levels. */
enum { TREE_MAX_DEPTH = 100 };

/* Who takes what is read.  All live during the call alone. */
struct tree_taker {
    /* False: stop. */
    bool (*document)(void *whom, const struct tree_document *document);
    /* The text of a document that is not whole, after it: in UTF-8, in pieces, to the end of the file. */
    void (*rest)(void *whom, const char *at, size_t len);
    /* What stands beside the documents, below the root. */
    void (*stray)(void *whom, struct bytes name);
    /* Each block as it is read, or NULL. */
    void (*look)(void *whom, const char *at, size_t len);
    void *whom;
};

/* How a file went. */
struct tree_reading {
    enum tree_event event;
    struct tree_trouble trouble; /* of TREE_REFUSED */
    int error;                   /* errno, of TREE_READ_ERROR */
    uint64_t bytes;              /* read */
    bool blank;                  /* there was nothing but blanks */
};

/* xml_read and json_read. */
typedef struct tree_reading tree_read_function(const struct tree_layout *layout, struct tree_names *names,
                                               int fd, size_t ceiling, const struct tree_taker *taker);

#endif
