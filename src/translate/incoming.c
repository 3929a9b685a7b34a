#include "translate/incoming.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "map/map.h"
#include "wire/xml_read.h"

enum { PEEK = 4096 };

/* A map at work for a partner. */
struct reader {
    struct reader *next;
    const struct partner *partner;   /* NULL: nobody's */
    const struct partner_feed *feed; /* NULL: the map of -m */
    struct flat_in_settings settings;
    struct flat_in *in;
};

struct incoming {
    struct incoming_settings *settings;
    struct search *search;
    struct report *report;
    struct canon_sink *out;
    struct inbound *x12;
    struct partners *partners;
    const struct partner *given; /* -p */
    const char *map;             /* -m, of another format than X12; or NULL */
    struct arena arena;
    struct reader *readers;
    const struct inbound_counts *counts;
    bool was_x12;
};

const struct inbound_counts *incoming_counts(const struct incoming *incoming)
{
    return incoming->counts;
}

bool incoming_was_x12(const struct incoming *incoming)
{
    return incoming->was_x12;
}

/* --- opening */

/* Whether -m reads files that are no X12.  False: told. */
static bool look_at_map(struct incoming *incoming)
{
    static const struct xref_sources whoever = {.any = true}; /* the format is all that is wanted */
    const char *name = incoming->settings->x12.map;
    const char *folder = search_find_folder(incoming->search, "maps/canon");
    char *why = NULL;
    struct schema *schema = folder != NULL ? schema_open(folder, &why) : NULL;
    struct map *map = NULL;

    if (schema == NULL)
        report_say(incoming->report, TECHNICAL_SCHEMA, folder, "%s",
                   why != NULL ? why : "maps/canon is in none of the folders searched");
    else
        map = map_load_for(name, &whoever, incoming->search, schema, incoming->report);
    if (map != NULL && strcmp(map->format, "x12") != 0) {
        incoming->map = name;
        incoming->settings->x12.map = NULL;
    }
    map_close(map);
    schema_close(schema);
    free(why);
    return map != NULL;
}

struct incoming *incoming_open(struct incoming_settings *settings, struct search *search,
                               struct report *report, struct canon_sink *out)
{
    struct incoming *incoming = calloc(1, sizeof(*incoming));

    if (incoming == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    incoming->settings = settings;
    incoming->search = search;
    incoming->report = report;
    incoming->out = out;
    arena_init(&incoming->arena, 16 * 1024, 16 * 1024 * 1024);
    if ((settings->x12.map != NULL && !look_at_map(incoming)) ||
        (incoming->x12 = inbound_open(&settings->x12, search, report, out)) == NULL) {
        incoming_close(incoming);
        return NULL;
    }
    return incoming;
}

void incoming_close(struct incoming *incoming)
{
    if (incoming == NULL)
        return;
    for (struct reader *reader = incoming->readers; reader != NULL; reader = reader->next)
        flat_in_close(reader->in);
    partners_close(incoming->partners);
    inbound_close(incoming->x12);
    arena_release(&incoming->arena);
    free(incoming);
}

/* Partner files are read when a file comes that is no X12.  False: told. */
static bool open_partners(struct incoming *incoming)
{
    const char *given = incoming->settings->x12.partner;

    if (incoming->partners == NULL) {
        incoming->partners = partners_open(incoming->search, incoming->report);
        if (incoming->partners == NULL) {
            report_say(incoming->report, TECHNICAL_MEMORY, NULL, "at the start");
            return false;
        }
        if (given != NULL)
            incoming->given = partners_named(incoming->partners, bytes_of(given));
    }
    return given == NULL || incoming->given != NULL;
}

/* --- telling files apart */

static bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Whether the file begins with an interchange; of a pipe nobody knows before reading it. */
static bool begins_with_isa(int fd)
{
    char text[PEEK];
    off_t here = lseek(fd, 0, SEEK_CUR);
    ssize_t got = here >= 0 ? pread(fd, text, sizeof(text), here) : -1;
    ssize_t at = got >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (at < got && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' || text[at] == '\n'))
        at++;
    return at + 3 < got && memcmp(text + at, "ISA", 3) == 0 && !is_letter_or_digit(text[at + 3]);
}

/* The names that a partner's files have, for a message. */
static const char *names_of(struct incoming *incoming, const struct partner *partner)
{
    const char *names = "";

    for (uint32_t i = 0; i < partner->n_feeds; i++) {
        names = arena_format(&incoming->arena, "%s%s%.*s", names, i > 0 ? " or " : "",
                             BYTES_ARG(partner->feeds[i].name));
        if (names == NULL)
            return NULL;
    }
    return names;
}

static void tell_name(struct incoming *incoming, enum complaint complaint, const char *name, const char *base,
                      const struct partner *partner, const char *expected)
{
    struct finding finding = {.complaint = complaint,
                              .place = {.file = name, .partner = partner->name},
                              .value = bytes_of(base),
                              .expected = expected,
                              .origin = partner->file};

    report_add(incoming->report, &finding);
}

/* Whose file this is, and which of theirs; *feed NULL: taken for X12.  False: it cannot be said, told. */
static bool find_feed(struct incoming *incoming, const char *name, const char *base,
                      const struct partner **partner, const struct partner_feed **feed)
{
    unsigned count;

    *partner = incoming->given;
    *feed = NULL;
    if (base[0] == '\0')
        return true;
    if (*partner != NULL) {
        *feed = partner_feed_named((*partner)->feeds, (*partner)->n_feeds, bytes_of(base));
        if (*feed == NULL && (*partner)->n_feeds > 0)
            tell_name(incoming, PARTNER_NO_FEED, name, base, *partner, names_of(incoming, *partner));
        return true;
    }
    count = partners_of_file(incoming->partners, bytes_of(base), partner, feed);
    if (count == PARTNERS_UNUSABLE)
        return false;
    if (count > 1) {
        tell_name(incoming, PARTNER_FEED_OF_SEVERAL, name, base, *partner, "-p, which says whose it is");
        *feed = NULL;
    }
    return true;
}

/* The reader of these, made when it is first wanted.  NULL: told. */
static struct reader *reader_of(struct incoming *incoming, const struct partner *partner,
                                const struct partner_feed *feed)
{
    const struct inbound_settings *x12 = &incoming->settings->x12;
    struct reader *reader = incoming->readers;

    while (reader != NULL && (reader->partner != partner || reader->feed != feed))
        reader = reader->next;
    if (reader != NULL)
        return reader;
    reader = arena_zalloc(&incoming->arena, 1, sizeof(*reader));
    if (reader == NULL) {
        report_say(incoming->report, TECHNICAL_MEMORY, NULL, "for a map");
        return NULL;
    }
    reader->partner = partner;
    reader->feed = feed;
    reader->settings = (struct flat_in_settings){
        .map = feed != NULL ? feed->map : incoming->map,
        .partner = partner != NULL ? partner->name : NULL,
        .xrefs = partner != NULL ? &partner->xrefs : NULL,
        .file_name = feed != NULL ? feed->name : (struct bytes){NULL, 0},
        .charset = feed != NULL ? feed->charset : NULL,
        .usual_charset = partner != NULL ? charset_name(partner->charset) : NULL,
        .incoming = true,
        .unmapped = x12->unmapped >= 0                    ? x12->unmapped
                    : feed != NULL && feed->unmapped >= 0 ? feed->unmapped
                    : partner != NULL                     ? (int)partner->defaults.unmapped
                                                          : UNMAPPED_WARN,
        .check = x12->check,
        .rejects = x12->rejects,
        .batch = x12->batch,
        .read_xml = xml_read,
        .max_row = incoming->settings->max_row,
        .max_document = incoming->settings->max_document,
    };
    reader->in = flat_in_open(&reader->settings, incoming->search, incoming->report, incoming->out);
    if (reader->in == NULL)
        return NULL;
    reader->next = incoming->readers;
    incoming->readers = reader;
    return reader;
}

bool incoming_file(struct incoming *incoming, int fd, const char *name, const char *base)
{
    const struct partner *partner = NULL;
    const struct partner_feed *feed = NULL;
    struct reader *reader;
    bool go;

    incoming->counts = NULL;
    incoming->was_x12 = begins_with_isa(fd);
    if (!incoming->was_x12) {
        if (!open_partners(incoming))
            return false;
        partner = incoming->given;
        if (incoming->map == NULL && !find_feed(incoming, name, base, &partner, &feed))
            return false;
        incoming->was_x12 = incoming->map == NULL && feed == NULL;
    }
    if (incoming->was_x12) {
        go = inbound_file(incoming->x12, fd, name, base);
        incoming->counts = inbound_file_counts(incoming->x12);
        return go;
    }
    reader = reader_of(incoming, partner, feed);
    if (reader == NULL)
        return false;
    go = flat_in_file(reader->in, fd, name, base);
    incoming->counts = flat_in_file_counts(reader->in);
    return go;
}

void incoming_finish(struct incoming *incoming)
{
    for (struct reader *reader = incoming->readers; reader != NULL; reader = reader->next)
        flat_in_finish(reader->in);
    inbound_finish(incoming->x12);
}
