/*
 * xml: the layout of a file of XML documents.
 *
 * Tags and fields are paths: "lines/line", "price/@currency", "@number"; "." is the unit's own text.
 */
#ifndef CROSSDOCK_WIRE_XML_H
#define CROSSDOCK_WIRE_XML_H

#include "base/bytes.h"
#include "wire/date_form.h"

struct xml_namespace {
    const char *name; /* "xmlns" or "xmlns:prefix" */
    const char *uri;
};

struct xml_layout {
    const char *root;     /* holds the documents of a file; NULL: a file is one document */
    const char *document; /* the element of a document; its place is below the root */
    unsigned n_namespaces;
    const struct xml_namespace *namespaces;
    unsigned indent;      /* blanks a level; 0: no line breaks */
    const struct date_form *date, *time, *datetime; /* NULL: as in the canonical record */
};

/* Fit for the name of an element, with or without a prefix. */
bool xml_is_name(const char *name);

/* "libxml2 2.9.14" */
const char *xml_library(void);

#endif
