#include "translate/delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/publish.h"
#include "base/spool.h"
#include "canon/sink.h"
#include "translate/receipt.h"

enum {
    KEY_SHOWN = 40,         /* bytes of the business key in a name */
    SPOOL_WINDOW = 1 << 20, /* bytes handed to the spool at once */
};
static const size_t document_ceiling = (size_t)1024 * 1024 * 1024; /* bytes, of what is written at once */
static const size_t held_ceiling = (size_t)256 * 1024 * 1024;      /* bytes, of receipts held back */

/* A document in the file of all, whose receipt waits for it. */
struct held {
    struct held *next;
    const char *kind;
    struct bytes partner;
    char id[33];
};

struct delivery {
    struct delivery_settings settings;
    struct buffer content; /* of a file, as far as it has not been handed over */
    struct buffer head;    /* what stands before it, of files whose beginning is known at their end */
    bool late;             /* they are such */
    bool begun;            /* the stream, or the file of all */
    bool some;             /* a document went into it */
    struct spool spool;    /* the file of all until its name is known, or its beginning; fd -1: none */

    /* with a folder */
    struct hash *hash;
    struct sha256 *sha256;
    uint64_t size;      /* bytes, of what sha256 has */
    struct arena arena; /* what is held */
    struct held *first, *last;
};

/* --- receipts */

static void receipt(struct delivery *delivery, const char *id, const char *kind, struct bytes partner,
                    struct bytes file, const char *sha256)
{
    receipt_written(delivery->settings.out, id, kind, partner, file, sha256, delivery->size);
}

void delivery_refuse(struct delivery *delivery, const struct canon_record *record, struct bytes reasons)
{
    if (delivery->settings.folder != NULL)
        receipt_refused(delivery->settings.out, record, reasons);
}

/* --- names */

static void add_safe(struct buffer *name, struct bytes text, size_t most)
{
    for (size_t i = 0; i < text.len && i < most; i++) {
        char c = text.at[i];
        bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                    c == '.';

        buffer_add_byte(name, safe ? c : '_');
    }
}

/* order-4500012345-3f0c....csv: the key is for people, the id makes it unique. */
static void name_document(struct delivery *delivery, const struct canon_record *record, struct bytes content,
                          struct buffer *name)
{
    const struct canon_kind *kind = record->kind;
    const struct canon_value *key = kind->n_identity > 0 ? canon_get(record->body, kind->identity[0]) : NULL;
    char hex[33];

    buffer_add_string(name, kind->name);
    buffer_add_byte(name, '-');
    if (key != NULL && key->held == CANON_HELD_TEXT) {
        add_safe(name, (struct bytes){key->text, key->len}, KEY_SHOWN);
        buffer_add_byte(name, '-');
    }
    if (record->id[0] != '\0') {
        add_safe(name, bytes_of(record->id), sizeof(record->id));
    } else {
        hash_begin(delivery->hash);
        hash_add(delivery->hash, content.at, content.len);
        hash_hex(delivery->hash, hex);
        buffer_add_string(name, hex);
    }
    buffer_add_format(name, ".%s", map_writer_format(delivery->settings.writer)->extension);
}

static bool failed_at(struct delivery *delivery, struct bytes name, int error)
{
    report_say(delivery->settings.report, TECHNICAL_WRITE, delivery->settings.folder, "%.*s: %s",
               BYTES_ARG(name), file_error(error));
    return false;
}

/* --- the three ways */

/* What begins a file waits in `content` for the first document that is written: no document, no file. */
static bool add_document(struct delivery *delivery, const struct map_write *write)
{
    if (!delivery->begun)
        map_writer_begin(delivery->settings.writer, &delivery->content);
    delivery->begun = true;
    return map_writer_document(delivery->settings.writer, &delivery->content, write);
}

static bool spool_failed(struct delivery *delivery, int error)
{
    if (delivery->settings.folder != NULL)
        return failed_at(delivery, BYTES("the file of all"), error);
    report_say(delivery->settings.report, TECHNICAL_SPOOL, delivery->settings.temporary, "%s",
               file_error(error));
    return false;
}

static bool spool(struct delivery *delivery)
{
    struct buffer *content = &delivery->content;
    int error = spool_add(&delivery->spool, content->at, content->len);

    buffer_clear(content);
    return error == 0 || spool_failed(delivery, error);
}

static enum delivered to_spool(struct delivery *delivery)
{
    delivery->some = true;
    if (delivery->content.len >= SPOOL_WINDOW && !spool(delivery))
        return DELIVERY_FAILED;
    return DELIVERED;
}

static enum delivered to_stream(struct delivery *delivery, const struct map_write *write)
{
    if (!add_document(delivery, write))
        return DELIVERY_REFUSED;
    if (delivery->late)
        return to_spool(delivery);
    canon_sink_add(delivery->settings.out, buffer_view(&delivery->content));
    buffer_clear(&delivery->content);
    delivery->some = true;
    return delivery->settings.out->failed ? DELIVERY_FAILED : DELIVERED;
}

static bool publish_document(struct delivery *delivery, const struct canon_record *record)
{
    struct bytes content = buffer_view(&delivery->content);
    struct buffer name, path;
    char sha256[65];
    int error;

    buffer_init(&name, PUBLISH_MAX_NAME);
    buffer_init(&path, 8192);
    name_document(delivery, record, content, &name);
    receipt_path(&path, delivery->settings.folder, buffer_view(&name));
    sha256_begin(delivery->sha256);
    sha256_add(delivery->sha256, content.at, content.len);
    delivery->size = content.len;
    error = publish_file(delivery->settings.folder, buffer_view(&name), content, PUBLISH_REPLACE);
    sha256_hex(delivery->sha256, sha256);
    if (error != 0)
        failed_at(delivery, buffer_view(&name), error);
    else
        receipt(delivery, record->id, record->kind->name, record->partner, buffer_view(&path), sha256);
    buffer_release(&path);
    buffer_release(&name);
    return error == 0;
}

static enum delivered to_files(struct delivery *delivery, const struct map_write *write)
{
    struct map_writer *writer = delivery->settings.writer;

    buffer_clear(&delivery->content);
    map_writer_begin(writer, &delivery->content);
    if (!map_writer_document(writer, &delivery->content, write))
        return DELIVERY_REFUSED;
    map_writer_end(writer, &delivery->content);
    if (delivery->late) {
        struct buffer body = delivery->content;

        buffer_clear(&delivery->head);
        map_writer_head(writer, &delivery->head);
        buffer_add_bytes(&delivery->head, buffer_view(&body));
        delivery->content = delivery->head;
        delivery->head = body;
    }
    if (delivery->content.failed) {
        failed_at(delivery, BYTES("a document"), ENOMEM);
        return DELIVERY_FAILED;
    }
    if (!publish_document(delivery, write->record) || delivery->settings.out->failed)
        return DELIVERY_FAILED;
    return DELIVERED;
}

static bool hold(struct delivery *delivery, const struct canon_record *record)
{
    struct held *held = arena_zalloc(&delivery->arena, 1, sizeof(*held));

    if (held == NULL)
        return failed_at(delivery, BYTES("receipts"), ENOMEM);
    memcpy(held->id, record->id, sizeof(held->id));
    held->kind = record->kind->name;
    held->partner = arena_copy(&delivery->arena, record->partner);
    if (delivery->last != NULL)
        delivery->last->next = held;
    else
        delivery->first = held;
    delivery->last = held;
    hash_add(delivery->hash, held->id, sizeof(held->id));
    return true;
}

static enum delivered to_single(struct delivery *delivery, const struct map_write *write)
{
    if (!add_document(delivery, write))
        return DELIVERY_REFUSED;
    if (!hold(delivery, write->record))
        return DELIVERY_FAILED;
    return to_spool(delivery);
}

enum delivered delivery_document(struct delivery *delivery, const struct map_write *write)
{
    if (delivery->settings.folder == NULL)
        return to_stream(delivery, write);
    return delivery->settings.single ? to_single(delivery, write) : to_files(delivery, write);
}

/* --- the end */

/* Of the file of all: into the stream, or where it is published. */
static void add_piece(struct delivery *delivery, struct publish *publish, struct bytes piece)
{
    if (publish == NULL) {
        canon_sink_add(delivery->settings.out, piece);
        return;
    }
    publish_add(publish, piece.at, piece.len);
    sha256_add(delivery->sha256, piece.at, piece.len);
    delivery->size += piece.len;
}

static int copy_spool(struct delivery *delivery, struct publish *publish)
{
    char *window = malloc(SPOOL_WINDOW);
    int error = window == NULL ? ENOMEM : 0;

    if (error == 0 && delivery->late) {
        map_writer_head(delivery->settings.writer, &delivery->head);
        add_piece(delivery, publish, buffer_view(&delivery->head));
    }
    for (uint64_t at = 0; error == 0 && at < delivery->spool.len;) {
        uint64_t left = delivery->spool.len - at;
        struct bytes piece = {window, left < SPOOL_WINDOW ? (size_t)left : SPOOL_WINDOW};

        error = spool_read(&delivery->spool, at, window, piece.len);
        if (error == 0)
            add_piece(delivery, publish, piece);
        at += piece.len;
    }
    free(window);
    return error;
}

/* The name of the file of all is a function of what is in it: another batch never replaces this one. */
static bool publish_single(struct delivery *delivery)
{
    struct publish publish;
    struct buffer name, path;
    char hex[33], sha256[65];
    int error;

    hash_hex(delivery->hash, hex);
    buffer_init(&name, PUBLISH_MAX_NAME);
    buffer_init(&path, 8192);
    buffer_add_format(&name, "%s-batch-%s.%s", delivery->first->kind, hex,
                      map_writer_format(delivery->settings.writer)->extension);
    receipt_path(&path, delivery->settings.folder, buffer_view(&name));
    error = publish_open(&publish, delivery->settings.folder, buffer_view(&name));
    if (error == 0) {
        error = copy_spool(delivery, &publish);
        if (error != 0)
            publish_abandon(&publish);
        else
            error = publish_close(&publish, PUBLISH_REPLACE);
    }
    sha256_hex(delivery->sha256, sha256);
    if (error != 0)
        failed_at(delivery, buffer_view(&name), error);
    for (const struct held *held = error == 0 ? delivery->first : NULL; held != NULL; held = held->next)
        receipt(delivery, held->id, held->kind, held->partner, buffer_view(&path), sha256);
    buffer_release(&path);
    buffer_release(&name);
    return error == 0;
}

static bool stream_late(struct delivery *delivery)
{
    const int error = copy_spool(delivery, NULL);

    return error == 0 || spool_failed(delivery, error);
}

bool delivery_finish(struct delivery *delivery)
{
    const bool stream = delivery->settings.folder == NULL;

    if (delivery->some) {
        map_writer_end(delivery->settings.writer, &delivery->content);
        if (stream && !delivery->late)
            canon_sink_add(delivery->settings.out, buffer_view(&delivery->content));
        else if (!spool(delivery) || !(stream ? stream_late(delivery) : publish_single(delivery)))
            return false;
    }
    return !delivery->settings.out->failed;
}

/* --- opening */

static bool open_folder(struct delivery *delivery)
{
    const char *folder = delivery->settings.folder;
    struct stat about;
    int error = 0;

    if (stat(folder, &about) != 0)
        error = errno;
    else if (!S_ISDIR(about.st_mode))
        error = ENOTDIR;
    if (error == 0 && delivery->settings.single)
        error = spool_open(&delivery->spool, folder);
    if (error != 0) {
        report_say(delivery->settings.report, TECHNICAL_WRITE, folder, "%s", file_error(error));
        return false;
    }
    delivery->hash = hash_open();
    delivery->sha256 = sha256_open();
    if (delivery->hash == NULL || delivery->sha256 == NULL) {
        report_say(delivery->settings.report, TECHNICAL_MEMORY, NULL, "at the start");
        return false;
    }
    hash_begin(delivery->hash);
    sha256_begin(delivery->sha256);
    return true;
}

/* What goes into the stream at the end must wait until then. */
static bool open_stream(struct delivery *delivery)
{
    const int error = spool_open(&delivery->spool, delivery->settings.temporary);

    return error == 0 || spool_failed(delivery, error);
}

struct delivery *delivery_open(const struct delivery_settings *settings)
{
    struct delivery *delivery = calloc(1, sizeof(*delivery));

    if (delivery == NULL) {
        report_say(settings->report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    delivery->settings = *settings;
    delivery->spool.fd = -1;
    delivery->late = map_writer_is_late(settings->writer);
    buffer_init(&delivery->content, document_ceiling);
    buffer_init(&delivery->head, document_ceiling);
    arena_init(&delivery->arena, 64 * 1024, held_ceiling);
    if (settings->folder != NULL ? !open_folder(delivery) : delivery->late && !open_stream(delivery)) {
        delivery_close(delivery);
        return NULL;
    }
    return delivery;
}

void delivery_close(struct delivery *delivery)
{
    if (delivery == NULL)
        return;
    spool_close(&delivery->spool);
    if (delivery->hash != NULL)
        hash_close(delivery->hash);
    if (delivery->sha256 != NULL)
        sha256_close(delivery->sha256);
    arena_release(&delivery->arena);
    buffer_release(&delivery->head);
    buffer_release(&delivery->content);
    free(delivery);
}
