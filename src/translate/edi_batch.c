#include "translate/edi_batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/publish.h"
#include "canon/sink.h"
#include "translate/receipt.h"

enum { TABLE = 4096 }; /* lists of documents that wait, a power of two */

static const size_t content_ceiling = (size_t)1024 * 1024 * 1024; /* bytes */

struct edi_batch {
    struct edi_batch *next;
    struct edi_address address;
    struct arena life;  /* the address */
    struct arena arena; /* what is held of the documents */
    struct buffer sets;
    uint32_t n;
    struct edi_set *first, *last;
};

struct edi_batches {
    struct edi_batch_settings settings;
    struct edi_batch *first, *last; /* in the order they came up */
    struct edi_set *waiting[TABLE]; /* by their ids, where the journal remembers */
    struct buffer content;
    struct hash *hash;
    struct sha256 *sha256;
};

struct edi_batches *edi_batches_open(const struct edi_batch_settings *settings)
{
    struct edi_batches *batches = calloc(1, sizeof(*batches));
    struct stat about;

    if (batches == NULL || (batches->hash = hash_open()) == NULL ||
        (batches->sha256 = sha256_open()) == NULL) {
        report_say(settings->report, TECHNICAL_MEMORY, NULL, "at the start");
        edi_batches_close(batches);
        return NULL;
    }
    batches->settings = *settings;
    buffer_init(&batches->content, content_ceiling);
    if (settings->folder != NULL && (stat(settings->folder, &about) != 0 || !S_ISDIR(about.st_mode))) {
        report_say(settings->report, TECHNICAL_WRITE, settings->folder, "it is no folder");
        edi_batches_close(batches);
        return NULL;
    }
    return batches;
}

static void close_batch(struct edi_batch *batch)
{
    buffer_release(&batch->sets);
    arena_release(&batch->arena);
    arena_release(&batch->life);
    free(batch);
}

void edi_batches_close(struct edi_batches *batches)
{
    if (batches == NULL)
        return;
    while (batches->first != NULL) {
        struct edi_batch *next = batches->first->next;

        close_batch(batches->first);
        batches->first = next;
    }
    buffer_release(&batches->content);
    if (batches->hash != NULL)
        hash_close(batches->hash);
    if (batches->sha256 != NULL)
        sha256_close(batches->sha256);
    free(batches);
}

/* --- gathering */

/* The texts of an address, to compare and to copy. */
enum { ADDRESS_TEXTS = 9 };
static void texts_of(struct edi_address *address, struct bytes *texts[ADDRESS_TEXTS])
{
    texts[0] = &address->from;
    texts[1] = &address->to;
    texts[2] = &address->app_from;
    texts[3] = &address->app_to;
    texts[4] = &address->group;
    texts[5] = &address->set;
    texts[6] = &address->release;
    texts[7] = &address->agency;
    texts[8] = &address->version;
}

static bool same_address(struct edi_address *a, struct edi_address *b)
{
    struct bytes *x[ADDRESS_TEXTS], *y[ADDRESS_TEXTS];

    if (strcmp(a->partner, b->partner) != 0 || a->test != b->test || a->ack_requested != b->ack_requested ||
        a->ack_expected != b->ack_expected || a->ack_seconds != b->ack_seconds ||
        memcmp(&a->style, &b->style, sizeof(a->style)) != 0)
        return false;
    texts_of(a, x);
    texts_of(b, y);
    for (unsigned i = 0; i < ADDRESS_TEXTS; i++)
        if (!bytes_equal(*x[i], *y[i]))
            return false;
    return true;
}

static struct edi_batch *new_batch(struct edi_batches *batches, const struct edi_address *address)
{
    struct edi_batch *batch = calloc(1, sizeof(*batch));
    struct bytes *texts[ADDRESS_TEXTS];

    if (batch == NULL)
        return NULL;
    arena_init(&batch->life, 1024, 64 * 1024);
    arena_init(&batch->arena, 4096, 256 * 1024 * 1024);
    buffer_init(&batch->sets, content_ceiling);
    batch->address = *address;
    batch->address.partner = arena_copy(&batch->life, bytes_of(address->partner)).at;
    texts_of(&batch->address, texts);
    for (unsigned i = 0; i < ADDRESS_TEXTS; i++)
        *texts[i] = arena_copy(&batch->life, *texts[i]);
    if (batch->life.failed) {
        close_batch(batch);
        return NULL;
    }
    if (batches->last != NULL)
        batches->last->next = batch;
    else
        batches->first = batch;
    batches->last = batch;
    return batch;
}

static bool deliver(struct edi_batches *batches, struct edi_batch *batch);

struct edi_batch *edi_batches_for(struct edi_batches *batches, const struct edi_address *address)
{
    const struct edi_batch_settings *settings = &batches->settings;
    struct edi_address wanted = *address;
    struct edi_batch *batch = batches->first;

    while (batch != NULL && !same_address(&batch->address, &wanted))
        batch = batch->next;
    if (batch == NULL) {
        batch = new_batch(batches, address);
        if (batch == NULL)
            report_say(settings->report, TECHNICAL_MEMORY, NULL, "no memory for an interchange");
        return batch;
    }
    if ((settings->max_sets > 0 && batch->n >= settings->max_sets) || batch->sets.len >= settings->max_bytes)
        return deliver(batches, batch) ? batch : NULL;
    return batch;
}

uint32_t edi_batch_next(const struct edi_batch *batch)
{
    return batch->n + 1;
}

/* Ids are hashes: any digits of them do. */
static struct edi_set **slot_of(struct edi_batches *batches, const char *id)
{
    uint64_t hash = 0;

    for (unsigned i = 0; i < 8 && id[i] != '\0'; i++)
        hash = hash * 31 + (unsigned char)id[i];
    return &batches->waiting[hash % TABLE];
}

static bool waits(struct edi_batches *batches, const struct canon_record *record)
{
    const struct edi_set *set = *slot_of(batches, record->id);

    while (set != NULL && (strcmp(set->id, record->id) != 0 || !bytes_equal(set->partner, record->partner)))
        set = set->same;
    return set != NULL;
}

static void forget(struct edi_batches *batches, const struct edi_set *set)
{
    struct edi_set **at = slot_of(batches, set->id);

    while (*at != NULL && *at != set)
        at = &(*at)->same;
    if (*at != NULL)
        *at = set->same;
}

bool edi_batch_add(struct edi_batches *batches, struct edi_batch *batch, const struct canon_record *record,
                   struct bytes set)
{
    struct edi_set *held;

    /* What would make it too large goes into the next one: the set has its number already, so this one is let
     * in, and the bound is looked at before the next. */
    buffer_add_bytes(&batch->sets, set);
    held = arena_zalloc(&batch->arena, 1, sizeof(*held));
    if (held == NULL || batch->sets.failed) {
        report_say(batches->settings.report, TECHNICAL_MEMORY, NULL, "no memory for an interchange");
        return false;
    }
    memcpy(held->id, record->id, sizeof(held->id));
    held->kind = record->kind->name;
    held->partner = arena_copy(&batch->arena, record->partner);
    if (batch->last != NULL)
        batch->last->next = held;
    else
        batch->first = held;
    batch->last = held;
    batch->n++;
    if (batches->settings.journal->remembers) {
        struct edi_set **slot = slot_of(batches, held->id);

        held->same = *slot;
        *slot = held;
    }
    return true;
}

/* --- envelopes */

static void split_identity(struct bytes identity, struct bytes *qualifier, struct bytes *id)
{
    *qualifier = BYTES("ZZ");
    *id = identity;
    if (memchr(identity.at, ':', identity.len) != NULL) {
        struct bytes rest = identity;

        (void)bytes_split(&rest, ':', qualifier);
        *id = rest;
    }
}

static bool envelope(struct edi_batches *batches, const struct edi_batch *batch,
                     struct control_numbers numbers)
{
    const struct edi_address *address = &batch->address;
    const struct edi_batch_settings *settings = &batches->settings;
    struct bytes date = settings->date, isa[16], count[2];
    char isa_number[12], gs_number[12], sets[12];
    struct x12_writer writer;
    bool group = address->group.len > 0, good;

    x12_writer_init(&writer, &address->style);
    writer.out = &batches->content;
    buffer_clear(&batches->content);
    snprintf(isa_number, sizeof(isa_number), "%09u", numbers.interchange);
    snprintf(gs_number, sizeof(gs_number), "%u", numbers.group);
    snprintf(sets, sizeof(sets), "%u", batch->n);
    isa[0] = isa[2] = BYTES("00");
    isa[1] = isa[3] = BYTES("");
    split_identity(address->from, &isa[4], &isa[5]);
    split_identity(address->to, &isa[6], &isa[7]);
    isa[8] = (struct bytes){date.at + 2, 6};
    isa[9] = settings->time;
    isa[10] = BYTES("U");
    isa[11] = address->version;
    isa[12] = bytes_of(isa_number);
    isa[13] = address->ack_requested ? BYTES("1") : BYTES("0");
    isa[14] = address->test ? BYTES("T") : BYTES("P");
    isa[15] = BYTES("");
    good = x12_writer_isa(&writer, isa);
    if (group) {
        struct bytes gs[8] = {address->group, address->app_from,   address->app_to, date,
                              settings->time, bytes_of(gs_number), address->agency, address->release};

        /* GS04 had six digits before 004010. */
        if (bytes_compare(address->release, BYTES("004010")) < 0)
            gs[3] = isa[8];
        x12_writer_segment(&writer, BYTES("GS"), gs, 8);
    }
    buffer_add_bytes(&batches->content, buffer_view(&batch->sets));
    if (group) {
        count[0] = bytes_of(sets);
        count[1] = bytes_of(gs_number);
        x12_writer_segment(&writer, BYTES("GE"), count, 2);
    }
    count[0] = group ? BYTES("1") : BYTES("0");
    count[1] = bytes_of(isa_number);
    x12_writer_segment(&writer, BYTES("IEA"), count, 2);
    if (good && !batches->content.failed)
        return true;
    if (!good)
        report_say(settings->report, SETTING_VALUE, NULL,
                   "what the ISA says of %.*s, %.*s and %.*s does not fit, or holds a delimiter",
                   BYTES_ARG(address->from), BYTES_ARG(address->to), BYTES_ARG(address->version));
    else
        report_say(settings->report, TECHNICAL_MEMORY, NULL, "no memory for an interchange");
    return false;
}

/* --- delivery */

static void add_safe(struct buffer *name, struct bytes text)
{
    for (size_t i = 0; i < text.len && i < 40; i++) {
        char c = text.at[i];
        bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';

        buffer_add_byte(name, safe ? c : '_');
    }
}

/* 850-acme-3f0c....edi: a function of the documents in it, so that writing them again replaces the file. */
static void name_file(struct edi_batches *batches, const struct edi_batch *batch, struct buffer *name)
{
    char hex[33];

    hash_begin(batches->hash);
    for (const struct edi_set *held = batch->first; held != NULL; held = held->next)
        hash_add(batches->hash, held->id, sizeof(held->id));
    if (batch->first->id[0] == '\0')
        hash_add(batches->hash, batch->sets.at, batch->sets.len);
    hash_hex(batches->hash, hex);
    add_safe(name, batch->address.set);
    buffer_add_byte(name, '-');
    add_safe(name, batch->address.partner[0] != '\0' ? bytes_of(batch->address.partner) : batch->address.to);
    buffer_add_format(name, "-%s.edi", hex);
}

static void describe(struct edi_batches *batches, struct bytes content, char sha256[65])
{
    sha256_begin(batches->sha256);
    sha256_add(batches->sha256, content.at, content.len);
    sha256_hex(batches->sha256, sha256);
}

static bool publish(struct edi_batches *batches, struct bytes name, struct bytes content)
{
    const char *folder = batches->settings.folder;
    int error = publish_file(folder, name, content, PUBLISH_REPLACE);

    if (error != 0)
        report_say(batches->settings.report, TECHNICAL_WRITE, folder, "%.*s: %s", BYTES_ARG(name),
                   file_error(error));
    return error == 0;
}

static bool to_file(struct edi_batches *batches, struct edi_interchange *interchange)
{
    const struct edi_journal *journal = batches->settings.journal;

    if (!journal->keep(journal->whom, interchange) ||
        !publish(batches, interchange->name, interchange->content) ||
        !journal->sent(journal->whom, interchange->path))
        return false;
    for (const struct edi_set *set = interchange->first; set != NULL; set = set->next)
        receipt_written(batches->settings.out, set->id, set->kind, set->partner, interchange->path,
                        interchange->sha256, interchange->content.len);
    return !batches->settings.out->failed;
}

static bool to_stream(struct edi_batches *batches, const struct edi_interchange *interchange)
{
    const struct edi_journal *journal = batches->settings.journal;

    if (!journal->keep(journal->whom, interchange))
        return false;
    canon_sink_add(batches->settings.out, interchange->content);
    return !batches->settings.out->failed;
}

static bool hand_over(struct edi_batches *batches, const struct edi_batch *batch,
                      struct control_numbers numbers)
{
    struct edi_interchange interchange = {.address = &batch->address,
                                          .numbers = numbers,
                                          .n = batch->n,
                                          .first = batch->first,
                                          .content = buffer_view(&batches->content)};
    struct buffer name, path;
    char sha256[65] = "";
    bool good;

    if (batches->settings.folder == NULL)
        return to_stream(batches, &interchange);
    buffer_init(&name, PUBLISH_MAX_NAME);
    buffer_init(&path, 8192);
    name_file(batches, batch, &name);
    receipt_path(&path, batches->settings.folder, buffer_view(&name));
    describe(batches, interchange.content, sha256);
    interchange.name = buffer_view(&name);
    interchange.path = buffer_view(&path);
    interchange.sha256 = sha256;
    good = to_file(batches, &interchange);
    buffer_release(&path);
    buffer_release(&name);
    return good;
}

static bool deliver(struct edi_batches *batches, struct edi_batch *batch)
{
    const struct edi_journal *journal = batches->settings.journal;
    struct control_numbers numbers;

    if (!journal->begin(journal->whom, &batch->address, &numbers))
        return false;
    if (!envelope(batches, batch, numbers)) {
        journal->drop(journal->whom);
        return false;
    }
    if (!hand_over(batches, batch, numbers))
        return false;
    for (const struct edi_set *set = journal->remembers ? batch->first : NULL; set != NULL; set = set->next)
        forget(batches, set);
    buffer_clear(&batch->sets);
    arena_reset(&batch->arena);
    batch->first = batch->last = NULL;
    batch->n = 0;
    return true;
}

enum edi_found edi_batches_again(struct edi_batches *batches, const char *partner,
                                 const struct canon_record *record, bool *in_this_run)
{
    const struct edi_batch_settings *settings = &batches->settings;
    const struct edi_journal *journal = settings->journal;
    struct edi_kept kept = {.sent = false};
    enum edi_found found;
    struct buffer path;

    *in_this_run = journal->remembers && waits(batches, record);
    if (*in_this_run)
        return EDI_KEPT;
    found = journal->find(journal->whom, bytes_of(partner), record->id, &kept);
    if (found != EDI_KEPT)
        return found;
    buffer_init(&path, 8192);
    if (!kept.sent) {
        receipt_path(&path, settings->folder, kept.name);
        kept.path = buffer_view(&path);
        if (!publish(batches, kept.name, kept.content) || !journal->sent(journal->whom, kept.path))
            found = EDI_LOST;
    }
    if (found == EDI_KEPT)
        receipt_written(settings->out, record->id, record->kind->name, record->partner, kept.path,
                        arena_copy(record->arena, kept.sha256).at, kept.size);
    buffer_release(&path);
    return found == EDI_KEPT && settings->out->failed ? EDI_LOST : found;
}

bool edi_batches_finish(struct edi_batches *batches)
{
    for (struct edi_batch *batch = batches->first; batch != NULL; batch = batch->next)
        if (batch->n > 0 && !deliver(batches, batch))
            return false;
    return !batches->settings.out->failed;
}

uint64_t edi_batches_lost(const struct edi_batches *batches)
{
    uint64_t lost = 0;

    for (const struct edi_batch *batch = batches->first; batch != NULL; batch = batch->next)
        lost += batch->n;
    return lost;
}
