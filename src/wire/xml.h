/*
 * xml: what the reader and the writer of XML share.
 */
#ifndef CROSSDOCK_WIRE_XML_H
#define CROSSDOCK_WIRE_XML_H

#include "wire/tree.h"

/* Fit for the name of an element, with or without a prefix. */
bool xml_is_name(const char *name);

/* "libxml2 2.9.14" */
const char *xml_library(void);

#endif
