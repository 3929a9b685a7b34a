#include "partner/partner_file.h"

#include "conf/settings.h"

/* A file, or the block of a document in it, as it is written. */
struct ack_values {
    int fa, detail, ta1;
    const char *version;
};

struct document_values {
    const char *map, *guide;
    int unmapped;
    const struct yaml_node *rules, *send;
    struct ack_values ack;
};

struct duplicate_values {
    int interchange, set, document;
    uint64_t window;
};

struct partner_values {
    const char *partner, *title;
    const struct yaml_node *ids, *us, *maps, *documents, *files, *xrefs, *remote, *reconcile;
    const char *charset;
    int bad_bytes, test_data;
    struct duplicate_values duplicates;
    struct document_values all; /* what documents may say otherwise */
};

struct identity_values {
    const char *isa, *gs;
};

static const char *const unmapped_words[] = {[UNMAPPED_IGNORE] = "ignore",
                                             [UNMAPPED_WARN] = "warn",
                                             [UNMAPPED_ERROR] = "error",
                                             [UNMAPPED_KEEP] = "keep",
                                             NULL};
static const char *const fa_words[] = {
    [PARTNER_ACK_997] = "997", [PARTNER_ACK_999] = "999", [PARTNER_ACK_NONE] = "none", NULL};
static const char *const detail_words[] = {
    [ACK_DETAIL_ALL] = "all", [ACK_DETAIL_REJECTED] = "rejected", [ACK_DETAIL_NONE] = "none", NULL};
static const char *const ta1_words[] = {[ACK_TA1_AS_ASKED] = "isa14",
                                        [ACK_TA1_NEVER] = "never",
                                        [ACK_TA1_ON_ERROR] = "on-error",
                                        [ACK_TA1_ALWAYS] = "always",
                                        NULL};
static const char *const bad_words[] = {
    [CHARSET_ERROR] = "error", [CHARSET_KEEP] = "keep", [CHARSET_REPLACE] = "replace", NULL};
static const char *const test_words[] = {[TEST_ACCEPT] = "accept", [TEST_REFUSE] = "refuse", NULL};
static const char *const duplicate_words[] = {
    [DUPLICATE_HOLD] = "hold", [DUPLICATE_ACCEPT] = "accept", [DUPLICATE_FLAG] = "flag", NULL};

#define ROW(type, member, row_kind) .offset = offsetof(type, member), .kind = row_kind

static const struct settings_row duplicate_rows[] = {
    {.key = "interchange",
     ROW(struct duplicate_values, interchange, SETTINGS_WORD),
     .words = duplicate_words,
     .fallback = "hold",
     .sentence = "A new document under an interchange number (ISA13) that was used."},
    {.key = "set",
     ROW(struct duplicate_values, set, SETTINGS_WORD),
     .words = duplicate_words,
     .fallback = "hold",
     .sentence = "A new document under a set number (ST02) that was used in the same group."},
    {.key = "document",
     ROW(struct duplicate_values, document, SETTINGS_WORD),
     .words = duplicate_words,
     .fallback = "hold",
     .sentence = "A new document under business numbers that were used."},
    {.key = "window",
     ROW(struct duplicate_values, window, SETTINGS_DURATION),
     .sentence = "How far the ledger looks back; 0: for ever."},
};
static const struct settings duplicate_settings = {SETTINGS_ROWS(duplicate_rows)};

/* The rows of ack: that a document may have, and the two that speak of whole files. */
#define ACK_ROWS                                                                               \
    {.key = "fa",                                                                              \
     ROW(struct ack_values, fa, SETTINGS_WORD),                                                \
     .words = fa_words,                                                                        \
     .sentence = "The functional acknowledgment the partner gets for each group."},            \
    {                                                                                          \
        .key = "detail", ROW(struct ack_values, detail, SETTINGS_WORD), .words = detail_words, \
        .sentence = "Which sets have a loop of their own in it."                               \
    }
static const struct settings_row document_ack_rows[] = {ACK_ROWS};
static const struct settings document_ack = {SETTINGS_ROWS(document_ack_rows)};
static const struct settings_row ack_rows[] = {
    ACK_ROWS,
    {.key = "version",
     ROW(struct ack_values, version, SETTINGS_TEXT),
     .argument = "follow | RELEASE",
     .sentence = "The release it is written in."},
    {.key = "ta1",
     ROW(struct ack_values, ta1, SETTINGS_WORD),
     .words = ta1_words,
     .sentence = "When an interchange is answered with a TA1."},
};
static const struct settings ack_settings = {SETTINGS_ROWS(ack_rows)};

static const struct settings_row document_rows[] = {
    {.key = "map",
     ROW(struct document_values, map, SETTINGS_TEXT),
     .argument = "MAP",
     .sentence = "The map that reads and writes it."},
    {.key = "guide",
     ROW(struct document_values, guide, SETTINGS_TEXT),
     .argument = "NAME",
     .sentence = "The partner's guide for it."},
    {.key = "unmapped",
     ROW(struct document_values, unmapped, SETTINGS_WORD),
     .words = unmapped_words,
     .sentence = "What happens to elements that no line of the map reads."},
    {.key = "rules",
     ROW(struct document_values, rules, SETTINGS_ANY),
     .argument = "{RULE: SEVERITY, ...}",
     .sentence = "How severe a finding is."},
    {.key = "ack",
     ROW(struct document_values, ack, SETTINGS_MAPPING),
     .inner = &document_ack,
     .sentence = "How it is answered."},
    {.key = "send",
     ROW(struct document_values, send, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "How it is sent."},
};
static const struct settings document_settings = {SETTINGS_ROWS(document_rows)};

static const struct settings_row partner_rows[] = {
    {.key = "partner",
     ROW(struct partner_values, partner, SETTINGS_TEXT),
     .required = true,
     .argument = "NAME",
     .sentence = "The name of the file, once more."},
    {.key = "title",
     ROW(struct partner_values, title, SETTINGS_TEXT),
     .sentence = "What people call the partner."},
    {.key = "ids",
     ROW(struct partner_values, ids, SETTINGS_ANY),
     .argument = "[{isa: QUALIFIER:ID, gs: ID}]",
     .sentence = "The identities it sends under."},
    {.key = "us",
     ROW(struct partner_values, us, SETTINGS_ANY),
     .argument = "[{isa: QUALIFIER:ID, gs: ID}]",
     .sentence = "What the partner calls us."},
    {.key = "charset",
     ROW(struct partner_values, charset, SETTINGS_TEXT),
     .fallback = "utf-8",
     .sentence = "The character set of its texts."},
    {.key = "bad_bytes",
     ROW(struct partner_values, bad_bytes, SETTINGS_WORD),
     .words = bad_words,
     .fallback = "error",
     .sentence = "What to do with bytes that the character set does not have."},
    {.key = "test_data",
     ROW(struct partner_values, test_data, SETTINGS_WORD),
     .words = test_words,
     .fallback = "accept",
     .sentence = "Whether interchanges marked as tests are translated."},
    {.key = "duplicates",
     ROW(struct partner_values, duplicates, SETTINGS_MAPPING),
     .inner = &duplicate_settings,
     .sentence = "What the ledger does with numbers that come again."},
    {.key = "unmapped",
     ROW(struct partner_values, all.unmapped, SETTINGS_WORD),
     .words = unmapped_words,
     .sentence = "What happens to elements that no line of the map reads."},
    {.key = "rules",
     ROW(struct partner_values, all.rules, SETTINGS_ANY),
     .argument = "{RULE: SEVERITY, ...}",
     .sentence = "How severe a finding is."},
    {.key = "ack",
     ROW(struct partner_values, all.ack, SETTINGS_MAPPING),
     .inner = &ack_settings,
     .sentence = "How its files are answered."},
    {.key = "maps",
     ROW(struct partner_values, maps, SETTINGS_ANY),
     .argument = "{SET: MAP, ...}",
     .sentence = "Which map reads and writes which transaction set."},
    {.key = "documents",
     ROW(struct partner_values, documents, SETTINGS_ANY),
     .argument = "{SET: {...}, ...}",
     .sentence = "What is different for one transaction set."},
    {.key = "files",
     ROW(struct partner_values, files, SETTINGS_ANY),
     .argument = "[{name: PATTERN, map: MAP, ...}]",
     .sentence = "Its files that are no X12."},
    {.key = "xrefs",
     ROW(struct partner_values, xrefs, SETTINGS_ANY),
     .argument = "{NAME: {file: PATH, ...}, ...}",
     .sentence = "Its cross-references, for the maps that name them."},
    {.key = "send",
     ROW(struct partner_values, all.send, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "How documents are sent to it."},
    {.key = "remote",
     ROW(struct partner_values, remote, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "Where its files are fetched and left."},
    {.key = "reconcile",
     ROW(struct partner_values, reconcile, SETTINGS_ANY),
     .argument = "{KEY: VALUE, ...}",
     .sentence = "How far its documents may differ, and until when they must be there."},
};
static const struct settings partner_settings = {SETTINGS_ROWS(partner_rows)};

static const struct settings_row identity_rows[] = {
    {.key = "isa",
     ROW(struct identity_values, isa, SETTINGS_TEXT),
     .required = true,
     .argument = "QUALIFIER:ID",
     .sentence = "ISA05 and ISA06, or ISA07 and ISA08."},
    {.key = "gs",
     ROW(struct identity_values, gs, SETTINGS_TEXT),
     .argument = "ID",
     .sentence = "GS02, or GS03."},
};
static const struct settings identity_settings = {SETTINGS_ROWS(identity_rows)};

void partner_file_defaults(struct partner *partner)
{
    *partner = (struct partner){
        .name = "",
        .title = "",
        .charset = charset_open(BYTES("utf-8")),
        .limits = {.above = limits_built_in()},
        .bad_bytes = CHARSET_ERROR,
        .ta1 = ACK_TA1_AS_ASKED,
        .test_data = TEST_ACCEPT,
        .defaults = {.set = "", .unmapped = UNMAPPED_WARN, .ack = PARTNER_ACK_997, .detail = ACK_DETAIL_ALL},
    };
    rules_init(&partner->defaults.rules);
    partner_send_defaults(&partner->defaults.send);
}

/* What one file is read with. */
struct reading {
    struct partner *partner;
    struct arena *arena;
    struct report *report;
};

static bool expect(struct reading *r, const struct yaml_node *node, enum yaml_kind kind, const char *form)
{
    if (node->kind == kind)
        return true;
    yaml_complain(r->report, node, true, SETTING_TYPE, NULL, "expected %s", form);
    return false;
}

static bool read_identities(struct reading *r, const struct yaml_node *list,
                            const struct partner_identity **out, uint32_t *n)
{
    struct partner_identity *identities;
    bool good = true;

    if (list == NULL)
        return true;
    if (!expect(r, list, YAML_LIST, "a list: - {isa: \"01:123456789\"}"))
        return false;
    identities = arena_zalloc(r->arena, list->n + 1, sizeof(*identities));
    if (identities == NULL)
        return false;
    *out = identities;
    for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
        struct partner_identity *identity = &identities[*n];
        struct identity_values values = {0};
        struct bytes rest;

        if (!settings_read(&identity_settings, child, &values, r->arena, r->report)) {
            good = false;
            continue;
        }
        rest = bytes_of(values.isa);
        if (strchr(values.isa, ':') != NULL)
            (void)bytes_split(&rest, ':', &identity->qualifier);
        identity->id = bytes_trim(rest);
        identity->group = bytes_trim(bytes_of(values.gs));
        (*n)++;
    }
    return good;
}

static bool read_rules(struct reading *r, const struct yaml_node *map, struct rules *rules)
{
    bool good = true;

    if (map == NULL)
        return true;
    if (!expect(r, map, YAML_MAP, "a mapping: {element-code: warn}"))
        return false;
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
        enum severity severity;

        if (child->kind != YAML_SCALAR || !severity_parse(child->text, &severity)) {
            yaml_complain(r->report, child, false, SETTING_VALUE, NULL,
                          "a severity is off, info, warn or error");
            good = false;
        } else if (!rules_set(rules, child->key, severity)) {
            yaml_complain(r->report, child, true, SETTING_UNKNOWN, "crossdock-messages(7) lists the rules",
                          "there is no rule \"%.80s\"", child->key.at);
            good = false;
        }
    }
    return good;
}

/* The block of a set, a new one with the partner's defaults when it has none yet. */
static struct partner_document *block_of(struct reading *r, struct partner_document *blocks, const char *set)
{
    struct partner *partner = r->partner;

    for (uint32_t i = 0; i < partner->n_documents; i++)
        if (strcmp(blocks[i].set, set) == 0)
            return &blocks[i];
    blocks[partner->n_documents] = partner->defaults;
    blocks[partner->n_documents].set = set;
    return &blocks[partner->n_documents++];
}

static struct document_values values_of(const struct partner_document *block)
{
    return (struct document_values){
        .map = block->map,
        .guide = block->guide,
        .unmapped = (int)block->unmapped,
        .ack = {.fa = (int)block->ack, .detail = (int)block->detail},
    };
}

static bool take_values(struct reading *r, struct partner_document *block,
                        const struct document_values *values)
{
    block->map = values->map;
    block->guide = values->guide;
    block->unmapped = (enum unmapped)values->unmapped;
    block->ack = (enum ack_kind)values->ack.fa;
    block->detail = (enum ack_detail)values->ack.detail;
    return partner_send_read(&block->send, values->send, r->arena, r->report) &&
           read_rules(r, values->rules, &block->rules);
}

static bool read_documents(struct reading *r, const struct yaml_node *maps, const struct yaml_node *documents)
{
    size_t most = 1U + (maps != NULL ? maps->n : 0) + (documents != NULL ? documents->n : 0);
    struct partner_document *blocks = arena_zalloc(r->arena, most, sizeof(*blocks));
    bool good = blocks != NULL;

    if (!good || (maps != NULL && !expect(r, maps, YAML_MAP, "a mapping: {\"850\": acme/850}")) ||
        (documents != NULL && !expect(r, documents, YAML_MAP, "a mapping: {\"850\": {...}}")))
        return false;
    r->partner->documents = blocks;
    for (const struct yaml_node *child = maps != NULL ? maps->first : NULL; child != NULL;
         child = child->next) {
        if (!expect(r, child, YAML_SCALAR, "the name of a map"))
            good = false;
        else
            block_of(r, blocks, child->key.at)->map = child->text.at;
    }
    for (const struct yaml_node *child = documents != NULL ? documents->first : NULL; child != NULL;
         child = child->next) {
        struct partner_document *block = block_of(r, blocks, child->key.at);
        struct document_values values = values_of(block);

        if (!settings_read(&document_settings, child, &values, r->arena, r->report) ||
            !take_values(r, block, &values))
            good = false;
    }
    return good;
}

static bool read_charset(struct reading *r, const struct yaml_node *top, const char *name)
{
    const struct charset *charset = charset_open(bytes_of(name));
    const struct yaml_node *node = yaml_get(top, "charset");

    if (charset == NULL) {
        yaml_complain(r->report, node != NULL ? node : top, false, SETTING_VALUE, NULL,
                      "there is no character set \"%.60s\"", name);
        return false;
    }
    charset_close(r->partner->charset);
    r->partner->charset = charset;
    return true;
}

bool partner_file_read(struct partner *partner, const struct yaml_node *top, const char *name,
                       struct arena *arena, struct report *report)
{
    struct reading r = {.partner = partner, .arena = arena, .report = report};
    struct partner_values values = {.title = "", .all = values_of(&partner->defaults)};
    const struct yaml_node *node = yaml_get(top, "partner");
    bool good;

    partner->file = top->file;
    partner->name = name;
    values.all.ack.ta1 = (int)partner->ta1;
    good = settings_read(&partner_settings, top, &values, arena, report);
    if (values.partner != NULL && strcmp(values.partner, name) != 0) {
        yaml_complain(report, node, false, SETTING_VALUE, NULL, "partner: must be %s, as the file is named",
                      name);
        good = false;
    }
    partner->title = values.title;
    partner->bad_bytes = (enum charset_policy)values.bad_bytes;
    partner->test_data = (enum test_data)values.test_data;
    partner->duplicates = (struct partner_duplicates){
        .interchange = (enum duplicate_policy)values.duplicates.interchange,
        .set = (enum duplicate_policy)values.duplicates.set,
        .document = (enum duplicate_policy)values.duplicates.document,
        .window = values.duplicates.window,
    };
    partner->ta1 = (enum ack_ta1_policy)values.all.ack.ta1;
    if (values.all.ack.version != NULL && strcmp(values.all.ack.version, "follow") != 0)
        partner->ack_release = values.all.ack.version;
    good = take_values(&r, &partner->defaults, &values.all) && good;
    good = read_charset(&r, top, values.charset) && good;
    good = partner_feeds_read(&partner->feeds, &partner->n_feeds, values.files, unmapped_words, arena,
                              report) &&
           good;
    good = mailbox_read(&partner->mailbox, values.remote, arena, report) && good;
    good = limits_read(&partner->limits, limits_built_in(), values.reconcile, arena, report) && good;
    if (values.ids == NULL && values.files == NULL && values.remote == NULL &&
        partner->defaults.send.files == NULL) {
        yaml_complain(report, top, false, SETTING_MISSING, NULL,
                      "ids: nobody could tell its interchanges; files: nor its other files");
        good = false;
    }
    good = read_identities(&r, values.ids, &partner->identities, &partner->n_identities) && good;
    good = read_identities(&r, values.us, &partner->us, &partner->n_us) && good;
    good = xref_sources_read(&partner->xrefs, values.xrefs, arena, report) && good;
    return read_documents(&r, values.maps, values.documents) && good;
}
