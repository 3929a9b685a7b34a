/*
 * xml_load: what reading XML needs of libxml2, loaded when the first file of XML is read.  The library
 * brings others along, and takes several times as long to load as a small file takes to translate: a tool
 * that may meet XML and mostly does not is not linked to it.
 */
#ifndef CROSSDOCK_WIRE_XML_LOAD_H
#define CROSSDOCK_WIRE_XML_LOAD_H

#include <stdbool.h>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

struct xml_calls {
    __typeof__(xmlCreatePushParserCtxt) *create_push_parser;
    __typeof__(xmlCtxtUseOptions) *use_options;
    __typeof__(xmlParseChunk) *parse_chunk;
    __typeof__(xmlStopParser) *stop_parser;
    __typeof__(xmlFreeParserCtxt) *free_parser;
    __typeof__(xmlGetPredefinedEntity) *get_predefined_entity;
};

/* The library stays loaded, and is loaded once.  False: it cannot be. */
bool xml_load(struct xml_calls *calls);

#endif
