#include "partner/partner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/yaml.h"

/* A partner file that was seen: parsed only when it matters. */
struct entry {
    struct entry *next;
    const char *name, *path;
    bool tried;
    struct partner *partner; /* NULL: not parsed, or wrong */
};

struct partners {
    struct search *search;
    struct report *report;
    struct arena arena;
    struct partner generic;
    struct entry *entries, **last; /* all there are, once they were listed */
    struct entry *named;           /* those asked for by name */
    bool listed;
};

static void set_defaults(struct partner *partner)
{
    *partner = (struct partner){
        .name = "",
        .title = "",
        .charset = charset_open(BYTES("utf-8")),
        .bad_bytes = CHARSET_ERROR,
        .ta1 = ACK_TA1_AS_ASKED,
        .test_data = TEST_ACCEPT,
        .defaults = {.set = "", .unmapped = UNMAPPED_WARN, .ack = PARTNER_ACK_997, .detail = ACK_DETAIL_ALL},
    };
    rules_init(&partner->defaults.rules);
}

struct partners *partners_open(struct search *search, struct report *report)
{
    struct partners *partners = calloc(1, sizeof(*partners));

    if (partners == NULL)
        return NULL;
    partners->search = search;
    partners->report = report;
    partners->last = &partners->entries;
    arena_init(&partners->arena, 64 * 1024, 1024 * 1024 * 1024);
    set_defaults(&partners->generic);
    return partners;
}

void partners_close(struct partners *partners)
{
    if (partners == NULL)
        return;
    for (int list = 0; list < 2; list++)
        for (struct entry *entry = list == 0 ? partners->entries : partners->named; entry != NULL;
             entry = entry->next)
            if (entry->partner != NULL)
                charset_close(entry->partner->charset);
    arena_release(&partners->arena);
    free(partners);
}

const struct partner *partners_generic(const struct partners *partners)
{
    return &partners->generic;
}

const struct partner_document *partner_document(const struct partner *partner, struct bytes set)
{
    for (uint32_t i = 0; i < partner->n_documents; i++)
        if (bytes_are(set, partner->documents[i].set))
            return &partner->documents[i];
    return &partner->defaults;
}

/* ---- reading a file ---- */

struct reading {
    struct partners *partners;
    struct partner *partner;
};

static bool check_keys(struct reading *r, const struct yaml_node *map, const char *const *keys)
{
    bool good = true;

    if (map->kind != YAML_MAP) {
        yaml_complain(r->partners->report, map, true, SETTING_TYPE, NULL, "a mapping is expected here");
        return false;
    }
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
        const char *nearest = NULL;
        unsigned best = 3;

        for (unsigned i = 0; keys[i] != NULL && best > 0; i++) {
            unsigned distance = bytes_distance(child->key, bytes_of(keys[i]), 3);

            if (distance < best) {
                best = distance;
                nearest = keys[i];
            }
        }
        if (best == 0)
            continue;
        yaml_complain(r->partners->report, child, true, SETTING_UNKNOWN,
                      nearest != NULL ? arena_format(&r->partners->arena, "did you mean \"%s\"?", nearest)
                                      : NULL,
                      "\"%.80s\"", child->key.at);
        good = false;
    }
    return good;
}

/* The index of the word among `words`; -1 and a complaint otherwise.  A missing node gives `otherwise`. */
static int word_among(struct reading *r, const struct yaml_node *node, const char *const *words,
                      int otherwise)
{
    struct arena *arena = &r->partners->arena;
    const char *list = "";

    if (node == NULL)
        return otherwise;
    if (node->kind == YAML_SCALAR)
        for (int i = 0; words[i] != NULL; i++)
            if (bytes_are(node->text, words[i]))
                return i;
    for (int i = 0; words[i] != NULL; i++)
        list = arena_format(arena, "%s%s%s", list, i > 0 ? ", " : "", words[i]);
    yaml_complain(r->partners->report, node, false, SETTING_VALUE, NULL, "%s is one of %s", node->key.at,
                  list);
    return -1;
}

static const char *text_of(struct reading *r, const struct yaml_node *node, const char *otherwise)
{
    if (node == NULL)
        return otherwise;
    if (node->kind != YAML_SCALAR || node->text.len == 0) {
        yaml_complain(r->partners->report, node, true, SETTING_TYPE, NULL, "a text is expected here");
        return NULL;
    }
    return node->text.at;
}

static bool read_identities(struct reading *r, const struct yaml_node *list,
                            const struct partner_identity **out, uint32_t *n)
{
    static const char *const keys[] = {"isa", "gs", NULL};
    struct partner_identity *identities;

    *n = 0;
    if (list == NULL)
        return true;
    if (list->kind != YAML_LIST) {
        yaml_complain(r->partners->report, list, true, SETTING_TYPE, NULL,
                      "a list is expected here: - {isa: \"01:123456789\"}");
        return false;
    }
    identities = arena_zalloc(&r->partners->arena, list->n + 1, sizeof(*identities));
    if (identities == NULL)
        return false;
    *out = identities;
    for (const struct yaml_node *child = list->first; child != NULL; child = child->next) {
        struct partner_identity *identity = &identities[*n];
        const struct yaml_node *isa, *gs;
        struct bytes rest;

        if (!check_keys(r, child, keys))
            return false;
        isa = yaml_get(child, "isa");
        gs = yaml_get(child, "gs");
        if (isa == NULL || isa->kind != YAML_SCALAR || isa->text.len == 0) {
            yaml_complain(r->partners->report, isa != NULL ? isa : child, false, SETTING_MISSING, NULL,
                          "isa: \"QUALIFIER:ID\" is expected");
            return false;
        }
        rest = isa->text;
        if (memchr(rest.at, ':', rest.len) != NULL)
            (void)bytes_split(&rest, ':', &identity->qualifier);
        identity->id = bytes_trim(rest);
        if (gs != NULL)
            identity->group = bytes_trim(gs->text);
        (*n)++;
    }
    return true;
}

static bool read_rules(struct reading *r, const struct yaml_node *map, struct rules *rules)
{
    if (map == NULL)
        return true;
    if (map->kind != YAML_MAP) {
        yaml_complain(r->partners->report, map, true, SETTING_TYPE, NULL,
                      "a mapping is expected here: {element-code: warn}");
        return false;
    }
    for (const struct yaml_node *child = map->first; child != NULL; child = child->next) {
        enum severity severity;

        if (child->kind != YAML_SCALAR || !severity_parse(child->text, &severity)) {
            yaml_complain(r->partners->report, child, false, SETTING_VALUE, NULL,
                          "a severity is off, info, warn or error");
            return false;
        }
        if (!rules_set(rules, child->key, severity)) {
            yaml_complain(r->partners->report, child, true, SETTING_UNKNOWN,
                          "crossdock-messages(7) lists the rules", "there is no rule \"%.80s\"",
                          child->key.at);
            return false;
        }
    }
    return true;
}

static const char *const unmapped_words[] = {"ignore", "warn", "error", "keep", NULL};
static const char *const ack_words[] = {"997", "999", "none", NULL};
static const char *const detail_words[] = {"all", "rejected", "none", NULL};

/* fa and detail, of the partner or of a document. */
static bool read_ack(struct reading *r, const struct yaml_node *ack, struct partner_document *document)
{
    int fa = word_among(r, yaml_get(ack, "fa"), ack_words, (int)document->ack);
    int detail = word_among(r, yaml_get(ack, "detail"), detail_words, (int)document->detail);

    document->ack = (enum ack_kind)fa;
    document->detail = (enum ack_detail)detail;
    return fa >= 0 && detail >= 0;
}

static bool read_unmapped(struct reading *r, const struct yaml_node *node, struct partner_document *document)
{
    int unmapped = word_among(r, node, unmapped_words, (int)document->unmapped);

    document->unmapped = (enum unmapped)unmapped;
    return unmapped >= 0;
}

/* One block a set that is named under maps: or documents:. */
static bool read_documents(struct reading *r, const struct yaml_node *top)
{
    static const char *const keys[] = {"map", "guide", "unmapped", "rules", "ack", NULL};
    static const char *const ack_keys[] = {"fa", "detail", NULL};
    const struct yaml_node *maps = yaml_get(top, "maps"), *documents = yaml_get(top, "documents");
    struct partner_document *blocks = arena_zalloc(
        &r->partners->arena, (maps != NULL ? maps->n : 0) + (documents != NULL ? documents->n : 0) + 1,
        sizeof(*blocks));

    if (blocks == NULL)
        return false;
    r->partner->documents = blocks;
    for (const struct yaml_node *child = maps != NULL ? maps->first : NULL; child != NULL;
         child = child->next) {
        struct partner_document *block = &blocks[r->partner->n_documents++];

        *block = r->partner->defaults;
        block->set = child->key.at;
        block->map = text_of(r, child, NULL);
        if (block->map == NULL)
            return false;
    }
    for (const struct yaml_node *child = documents != NULL ? documents->first : NULL; child != NULL;
         child = child->next) {
        struct partner_document *block = NULL;
        const struct yaml_node *ack = yaml_get(child, "ack");

        if (!check_keys(r, child, keys) || (ack != NULL && !check_keys(r, ack, ack_keys)))
            return false;
        for (uint32_t i = 0; i < r->partner->n_documents; i++)
            if (bytes_are(child->key, blocks[i].set))
                block = &blocks[i];
        if (block == NULL) {
            block = &blocks[r->partner->n_documents++];
            *block = r->partner->defaults;
            block->set = child->key.at;
        }
        block->map = text_of(r, yaml_get(child, "map"), block->map);
        block->guide = text_of(r, yaml_get(child, "guide"), block->guide);
        if (!read_unmapped(r, yaml_get(child, "unmapped"), block) ||
            !read_rules(r, yaml_get(child, "rules"), &block->rules) || !read_ack(r, ack, block))
            return false;
        if ((yaml_get(child, "map") != NULL && block->map == NULL) ||
            (yaml_get(child, "guide") != NULL && block->guide == NULL))
            return false;
    }
    return true;
}

static bool read_partner(struct reading *r, const struct yaml_node *top, const char *name)
{
    static const char *const keys[] = {"partner",   "title",     "ids",      "us",    "charset",
                                       "bad_bytes", "test_data", "unmapped", "rules", "ack",
                                       "maps",      "documents", NULL};
    static const char *const bad_words[] = {"error", "keep", "replace", NULL};
    static const enum charset_policy bad_policies[] = {CHARSET_ERROR, CHARSET_KEEP, CHARSET_REPLACE};
    static const char *const test_words[] = {"accept", "refuse", NULL};
    static const char *const ta1_words[] = {"isa14", "never", "on-error", "always", NULL};
    static const char *const ack_keys[] = {"fa", "detail", "version", "ta1", NULL};
    struct partner *partner = r->partner;
    const struct yaml_node *node = yaml_get(top, "partner"), *ack = yaml_get(top, "ack");
    int word;

    if (!check_keys(r, top, keys) || (ack != NULL && !check_keys(r, ack, ack_keys)))
        return false;
    partner->file = top->file;
    partner->name = name;
    if (node == NULL || !bytes_are(node->text, name)) {
        yaml_complain(r->partners->report, node != NULL ? node : top, false,
                      node != NULL ? SETTING_VALUE : SETTING_MISSING, NULL,
                      "partner: must be %s, as the file is named", name);
        return false;
    }
    partner->title = text_of(r, yaml_get(top, "title"), "");
    if (partner->title == NULL ||
        !read_identities(r, yaml_get(top, "ids"), &partner->identities, &partner->n_identities) ||
        !read_identities(r, yaml_get(top, "us"), &partner->us, &partner->n_us))
        return false;
    node = yaml_get(top, "charset");
    if (node != NULL) {
        partner->charset = charset_open(node->text);
        if (partner->charset == NULL) {
            yaml_complain(r->partners->report, node, false, SETTING_VALUE, NULL,
                          "there is no character set \"%.60s\"", node->text.at);
            return false;
        }
    }
    word = word_among(r, yaml_get(top, "bad_bytes"), bad_words, 0);
    if (word < 0)
        return false;
    partner->bad_bytes = bad_policies[word];
    word = word_among(r, yaml_get(top, "test_data"), test_words, TEST_ACCEPT);
    if (word < 0)
        return false;
    partner->test_data = (enum test_data)word;
    word = word_among(r, yaml_get(ack, "ta1"), ta1_words, ACK_TA1_AS_ASKED);
    if (word < 0)
        return false;
    partner->ta1 = (enum ack_ta1_policy)word;
    node = yaml_get(ack, "version");
    if (node != NULL && !bytes_are(node->text, "follow"))
        partner->ack_release = text_of(r, node, NULL);
    return read_unmapped(r, yaml_get(top, "unmapped"), &partner->defaults) &&
           read_rules(r, yaml_get(top, "rules"), &partner->defaults.rules) &&
           read_ack(r, ack, &partner->defaults) && read_documents(r, top);
}

static const struct partner *parse(struct partners *partners, struct entry *entry)
{
    const struct yaml_node *top;
    struct reading r = {.partners = partners};

    if (entry->tried)
        return entry->partner;
    entry->tried = true;
    top = yaml_load(entry->path, &partners->arena, partners->report, NULL);
    r.partner = arena_alloc(&partners->arena, sizeof(*r.partner));
    if (top == NULL || r.partner == NULL)
        return NULL;
    set_defaults(r.partner);
    if (read_partner(&r, top, entry->name))
        entry->partner = r.partner;
    return entry->partner;
}

/* ---- finding ---- */

static bool list_one(void *whom, const char *path, const char *name)
{
    struct partners *partners = whom;
    struct entry *entry = arena_zalloc(&partners->arena, 1, sizeof(*entry));

    if (entry == NULL)
        return false;
    entry->path = arena_copy(&partners->arena, bytes_of(path)).at;
    entry->name = arena_copy(&partners->arena, bytes_of(name)).at;
    *partners->last = entry;
    partners->last = &entry->next;
    return true;
}

static void list_all(struct partners *partners)
{
    if (!partners->listed)
        search_each(partners->search, "partners", ".yaml", list_one, partners);
    partners->listed = true;
}

const struct partner *partners_named(struct partners *partners, struct bytes name)
{
    const char *nearest = NULL, *path = NULL;
    unsigned best = 4;

    if (search_name_is_good(name) && memchr(name.at, '/', name.len) == NULL)
        path = search_find(partners->search,
                           arena_format(&partners->arena, "partners/%.*s.yaml", BYTES_ARG(name)));
    if (path != NULL) {
        struct entry *entry = arena_zalloc(&partners->arena, 1, sizeof(*entry));

        if (entry == NULL)
            return NULL;
        entry->path = path;
        entry->name = arena_copy(&partners->arena, name).at;
        entry->next = partners->named;
        partners->named = entry;
        return parse(partners, entry);
    }
    list_all(partners);
    for (const struct entry *entry = partners->entries; entry != NULL; entry = entry->next) {
        unsigned distance = bytes_distance(name, bytes_of(entry->name), 4);

        if (distance < best) {
            best = distance;
            nearest = entry->name;
        }
    }
    report_say(partners->report, PARTNER_UNKNOWN, NULL, "partners/%.*s.yaml is in none of %s%s%s%s",
               BYTES_ARG(name), search_folders_text(partners->search),
               nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
               nearest != NULL ? "?" : "");
    return NULL;
}

/* Does the file mention the id at all?  Cheaper than parsing it. */
static bool mentions(const char *path, struct bytes id)
{
    char text[64 * 1024];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    bool found;

    if (fd < 0)
        return true; /* let parsing tell why */
    got = read(fd, text, sizeof(text));
    found = got < 0 || got == (ssize_t)sizeof(text) || memmem(text, (size_t)got, id.at, id.len) != NULL;
    close(fd);
    return found;
}

static bool fits(const struct partner_identity *identity, struct bytes qualifier, struct bytes group,
                 bool with_group)
{
    if (with_group ? identity->group.at == NULL || !bytes_equal(identity->group, group)
                   : identity->group.at != NULL)
        return false;
    return identity->qualifier.at == NULL || bytes_equal(bytes_trim(identity->qualifier), qualifier);
}

enum partner_match partners_match(struct partners *partners, struct bytes qualifier, struct bytes id,
                                  struct bytes group, const struct partner **found,
                                  const struct partner **nearest)
{
    const struct partner *other = NULL, *any_group = NULL;
    unsigned best = 6;

    qualifier = bytes_trim(qualifier);
    id = bytes_trim(id);
    group = bytes_trim(group);
    *found = &partners->generic;
    *nearest = NULL;
    list_all(partners);
    for (int with_group = 1; id.len > 0 && with_group >= 0; with_group--)
        for (struct entry *entry = partners->entries; entry != NULL; entry = entry->next) {
            const struct partner *partner;

            if (!entry->tried && !mentions(entry->path, id))
                continue;
            partner = parse(partners, entry);
            for (uint32_t i = 0; partner != NULL && i < partner->n_identities; i++) {
                if (!bytes_equal(partner->identities[i].id, id))
                    continue;
                if (fits(&partner->identities[i], qualifier, group, with_group)) {
                    *found = partner;
                    return PARTNER_MATCHED;
                }
                if (partner->identities[i].group.at != NULL &&
                    fits(&partner->identities[i], qualifier, partner->identities[i].group, true))
                    any_group = partner;
                else if (partner->identities[i].group.at == NULL)
                    other = partner;
            }
        }
    if (any_group != NULL && group.len == 0) {
        *found = any_group; /* the group will tell */
        return PARTNER_MATCHED;
    }
    if (other != NULL) {
        *found = *nearest = other;
        return PARTNER_QUALIFIER_DIFFERS;
    }
    for (struct entry *entry = partners->entries; entry != NULL && id.len > 0; entry = entry->next) {
        const struct partner *partner = parse(partners, entry);

        for (uint32_t i = 0; partner != NULL && i < partner->n_identities; i++) {
            unsigned distance = bytes_distance(partner->identities[i].id, id, 6);

            if (distance < best) {
                best = distance;
                *nearest = partner;
            }
        }
    }
    return PARTNER_NOBODY;
}
