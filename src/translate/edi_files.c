#include "translate/edi_files.h"

#include <stdlib.h>

struct writer {
    struct writer *next;
    const struct partner *partner;
    const char *map;
    struct outbound *outbound; /* NULL: it could not be had, and that was told */
};

struct edi_files {
    struct outbound_settings common;
    struct search *search;
    struct report *report;
    struct canon_sink *out;
    struct writer *writers, **last;
};

struct edi_files *edi_files_open(const struct outbound_settings *common, struct search *search,
                                 struct report *report, struct canon_sink *out)
{
    struct edi_files *files = calloc(1, sizeof(*files));

    if (files == NULL)
        return NULL;
    *files = (struct edi_files){
        .common = *common, .search = search, .report = report, .out = out, .last = &files->writers};
    return files;
}

void edi_files_close(struct edi_files *files)
{
    while (files != NULL && files->writers != NULL) {
        struct writer *writer = files->writers;

        files->writers = writer->next;
        outbound_close(writer->outbound);
        free(writer);
    }
    free(files);
}

struct outbound *edi_files_writer(struct edi_files *files, const struct partner *partner, const char *map)
{
    struct outbound_settings settings = files->common;
    struct writer *writer = files->writers;

    while (writer != NULL && (writer->partner != partner || strcmp(writer->map, map) != 0))
        writer = writer->next;
    if (writer != NULL)
        return writer->outbound;
    writer = calloc(1, sizeof(*writer));
    if (writer == NULL) {
        report_say(files->report, TECHNICAL_MEMORY, NULL, "for the map %s", map);
        return NULL;
    }
    settings.map = map;
    settings.xrefs = &partner->xrefs;
    *writer = (struct writer){
        .partner = partner, .map = map, .outbound = outbound_open(&settings, files->search, files->report,
                                                                  files->out)};
    *files->last = writer;
    files->last = &writer->next;
    return writer->outbound;
}

bool edi_files_finish(struct edi_files *files, struct outbound_counts *counts)
{
    bool good = true;

    for (const struct writer *writer = files->writers; writer != NULL; writer = writer->next) {
        const struct outbound_counts *its;

        if (writer->outbound == NULL)
            continue;
        good = outbound_finish(writer->outbound) && good;
        its = outbound_counts(writer->outbound);
        counts->written += its->written;
        counts->refused += its->refused;
        counts->ignored += its->ignored;
        counts->failed += its->failed;
    }
    return good;
}
