/*
 * xml_reading: XML on its way from the file through the parser to documents, from the inside.  Private to
 * xml_read.c (the way of the bytes to the parser) and xml_tree.c (what the parser says, as trees).
 */
#ifndef CROSSDOCK_WIRE_XML_READING_H
#define CROSSDOCK_WIRE_XML_READING_H

#include "wire/tree_input.h"
#include "wire/xml_load.h"

struct xml_reader {
    const struct tree_layout *layout;
    struct tree_names *names;
    const struct tree_taker *taker;
    struct tree_input input;
    struct xml_calls calls;
    xmlParserCtxtPtr parser;
    uint16_t root, document_name; /* numbers; root 0: none */
    size_t ceiling;
    uint64_t fed;          /* bytes of the text, from the file's beginning, that the parser has */
    uint64_t broken_at;    /* where the parser gave up */
    uint64_t skew;         /* of them, what it never had: the byte order mark */
    unsigned depth, level; /* elements open; and when a document's is the innermost */

    struct arena arena; /* of the document */
    struct buffer run;  /* text since the last tag */
    bool open;
    bool beside;     /* text outside of documents, since the last tag, has been told */
    uint64_t begin;  /* of the open document */
    uint64_t behind; /* outside of documents: where the latest start tag began, or the latest end tag ended */
    struct tree_document document;
    struct tree_node *node;
    struct tree_trouble bad; /* of a character at `bad_at`, the first since the document began */
    uint64_t bad_at;

    struct tree_reading result;
    bool done; /* with what the parser says */
};

/* --- xml_tree.c */

/* For the parser; whom it tells is the reader. */
extern const xmlSAXHandler xml_tree_handler;

/* Where the parser is; and the same, in the text that is kept. */
uint64_t xml_position(const struct xml_reader *r);
size_t xml_index_of(const struct xml_reader *r, uint64_t at);

/* Something is wrong at a place of the text; where it stands in a document, with its path.  The first that is
 * noted stays. */
void xml_note(struct xml_reader *r, struct tree_trouble *trouble, size_t at, const char *what,
              struct bytes value, const char *expected);

/* The parser stops. */
void xml_finish(struct xml_reader *r, enum tree_event event);

#endif
