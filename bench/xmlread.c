/* What erp2canon is held against for XML: libxml2's own reader, and nothing kept.  FILE, or stdin */
#include <stdio.h>

#include <libxml/xmlreader.h>

int main(int argc, char **argv)
{
    xmlTextReaderPtr reader = argc > 1 ? xmlReaderForFile(argv[1], NULL, XML_PARSE_NONET)
                                       : xmlReaderForFd(0, NULL, NULL, XML_PARSE_NONET);
    unsigned long long nodes = 0, values = 0;
    int more = -1;

    while (reader != NULL && (more = xmlTextReaderRead(reader)) == 1) {
        nodes++;
        if (xmlTextReaderNodeType(reader) == XML_READER_TYPE_TEXT)
            values += xmlTextReaderConstValue(reader) != NULL;
        while (xmlTextReaderMoveToNextAttribute(reader) == 1)
            values += xmlTextReaderConstValue(reader) != NULL;
    }
    xmlFreeTextReader(reader);
    printf("%llu nodes, %llu values\n", nodes, values);
    return more == 0 ? 0 : 1;
}
