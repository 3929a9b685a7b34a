#include "wire/xml_load.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/* A pointer to data that is one to a function: POSIX says that it may be. */
static bool find(void *library, const char *name, void *call, size_t size)
{
    void *at = dlsym(library, name);

    memcpy(call, &at, size);
    return at != NULL && size == sizeof(at);
}

#define FIND(member, name) find(library, name, &calls->member, sizeof(calls->member))

bool xml_load(struct xml_calls *calls)
{
    void *library = dlopen(XML_SONAME, RTLD_NOW | RTLD_LOCAL); /* once more: the same one */

    return library != NULL && FIND(create_push_parser, "xmlCreatePushParserCtxt") &&
           FIND(use_options, "xmlCtxtUseOptions") && FIND(parse_chunk, "xmlParseChunk") &&
           FIND(stop_parser, "xmlStopParser") && FIND(free_parser, "xmlFreeParserCtxt") &&
           FIND(get_predefined_entity, "xmlGetPredefinedEntity");
}
