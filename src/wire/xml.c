#include "wire/xml.h"

#include <libxml/tree.h>
#include <libxml/xmlversion.h>

bool xml_is_name(const char *name)
{
    return xmlValidateQName((const xmlChar *)name, 0) == 0;
}

const char *xml_library(void)
{
    return "libxml2 " LIBXML_DOTTED_VERSION;
}
