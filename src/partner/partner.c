#include "partner/partner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "partner/partner_file.h"

/* A partner file that was seen: parsed only when it matters. */
struct entry {
    struct entry *next;
    const char *name, *path;
    struct bytes text; /* of the file, once it was looked through; {NULL, 0} before */
    bool tried;
    struct partner *partner; /* NULL: not parsed, or wrong */
};

enum { MEMOS = 4, MEMO_KEY = 96 };

struct partners {
    struct search *search;
    struct report *report;
    struct arena arena;
    struct partner generic;
    struct entry *entries, **last; /* all there are, once they were listed */
    struct entry *named;           /* those asked for by name */
    bool listed, unlisted;         /* a folder of them could not be read */
    struct limits limits;          /* of all, once has_limits */
    bool has_limits, no_limits;    /* no_limits: their file is wrong */
    struct memo {
        char key[MEMO_KEY];
        size_t len; /* 0: nothing remembered */
        enum partner_match match;
        const struct partner *found, *nearest;
    } memos
        [MEMOS]; /* the latest identities that were asked for: files hold many interchanges of one sender */
    unsigned next_memo;
};

struct partners *partners_open(struct search *search, struct report *report)
{
    struct partners *partners = calloc(1, sizeof(*partners));

    if (partners == NULL)
        return NULL;
    partners->search = search;
    partners->report = report;
    partners->last = &partners->entries;
    arena_init(&partners->arena, 64 * 1024, 1024 * 1024 * 1024);
    partner_file_defaults(&partners->generic);
    return partners;
}

void partners_close(struct partners *partners)
{
    if (partners == NULL)
        return;
    for (int list = 0; list < 2; list++)
        for (struct entry *entry = list == 0 ? partners->entries : partners->named; entry != NULL;
             entry = entry->next)
            if (entry->partner != NULL) {
                charset_close(entry->partner->charset);
                partner_feeds_close(entry->partner->feeds, entry->partner->n_feeds);
                mailbox_close(&entry->partner->mailbox);
            }
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

static const struct partner *parse(struct partners *partners, struct entry *entry)
{
    const struct yaml_node *top;
    struct partner *partner;

    if (entry->tried)
        return entry->partner;
    entry->tried = true;
    top = yaml_load(entry->path, &partners->arena, partners->report, NULL);
    partner = arena_zalloc(&partners->arena, 1, sizeof(*partner));
    if (top == NULL || partner == NULL)
        return NULL;
    partner_file_defaults(partner);
    if (partner_file_read(partner, top, entry->name, &partners->arena, partners->report)) {
        entry->partner = partner;
    } else {
        charset_close(partner->charset);
        partner_feeds_close(partner->feeds, partner->n_feeds);
        mailbox_close(&partner->mailbox);
    }
    return entry->partner;
}

const struct limits *partners_limits(struct partners *partners)
{
    if (!partners->has_limits) {
        const char *path = search_find(partners->search, "reconcile.yaml");
        const struct yaml_node *top = NULL;

        partners->has_limits = true;
        if (path != NULL)
            top = yaml_load(path, &partners->arena, partners->report, NULL);
        partners->no_limits =
            (path != NULL && top == NULL) ||
            !limits_read(&partners->limits, limits_built_in(), top, &partners->arena, partners->report);
    }
    return partners->no_limits ? NULL : &partners->limits;
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
    int error;

    if (partners->listed)
        return;
    error = search_each(partners->search, "partners", ".yaml", list_one, partners);
    if (error != 0)
        report_say(partners->report, search_complaint(error), "partners", "%s", file_error(error));
    partners->unlisted = error != 0;
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

/* Does the file mention this at all?  Cheaper than parsing it; what was read of it is kept. */
static bool mentions(struct partners *partners, struct entry *entry, struct bytes what)
{
    if (entry->text.at == NULL) {
        char text[64 * 1024];
        int fd = open(entry->path, O_RDONLY | O_CLOEXEC);
        ssize_t got = fd >= 0 ? read(fd, text, sizeof(text)) : -1;

        if (fd >= 0)
            close(fd);
        if (got < 0 || got == (ssize_t)sizeof(text))
            return true; /* let parsing tell why, or what stands there */
        entry->text = arena_copy(&partners->arena, (struct bytes){text, (size_t)got});
        if (entry->text.at == NULL)
            return true;
    }
    return memmem(entry->text.at, entry->text.len, what.at, what.len) != NULL;
}

static bool fits(const struct partner_identity *identity, struct bytes qualifier, struct bytes group,
                 bool with_group)
{
    if (with_group ? identity->group.at == NULL || !bytes_equal(identity->group, group)
                   : identity->group.at != NULL)
        return false;
    return identity->qualifier.at == NULL || bytes_equal(bytes_trim(identity->qualifier), qualifier);
}

/* As partners_match, without looking at what was asked before. */
static enum partner_match match(struct partners *partners, struct bytes qualifier, struct bytes id,
                                struct bytes group, const struct partner **found,
                                const struct partner **nearest)
{
    const struct partner *other = NULL, *any_group = NULL;
    unsigned best = 6;
    bool unusable;

    *found = &partners->generic;
    *nearest = NULL;
    list_all(partners);
    unusable = partners->unlisted;
    for (int with_group = 1; id.len > 0 && with_group >= 0; with_group--)
        for (struct entry *entry = partners->entries; entry != NULL; entry = entry->next) {
            const struct partner *partner;

            if (entry->partner == NULL && !mentions(partners, entry, id))
                continue;
            partner = parse(partners, entry);
            unusable = unusable || partner == NULL;
            for (uint32_t i = 0; partner != NULL && i < partner->n_identities; i++) {
                if (!bytes_equal(partner->identities[i].id, id))
                    continue;
                if (fits(&partner->identities[i], qualifier, group, with_group)) {
                    *found = partner;
                    return unusable ? PARTNER_UNUSABLE : PARTNER_MATCHED;
                }
                if (partner->identities[i].group.at != NULL &&
                    fits(&partner->identities[i], qualifier, partner->identities[i].group, true))
                    any_group = partner;
                else if (partner->identities[i].group.at == NULL)
                    other = partner;
            }
        }
    if (unusable)
        return PARTNER_UNUSABLE;
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

unsigned partners_of_file(struct partners *partners, struct bytes name, const struct partner **found,
                          const struct partner_feed **feed)
{
    unsigned count = 0;
    bool unusable;

    list_all(partners);
    unusable = partners->unlisted;
    for (struct entry *entry = partners->entries; entry != NULL; entry = entry->next) {
        bool asked = entry->partner != NULL || mentions(partners, entry, BYTES("files"));
        const struct partner *partner = asked ? parse(partners, entry) : NULL;
        const struct partner_feed *fits = partner != NULL
                                              ? partner_feed_named(partner->feeds, partner->n_feeds, name)
                                              : NULL;

        unusable = unusable || (asked && partner == NULL);
        if (fits != NULL && count++ == 0) {
            *found = partner;
            *feed = fits;
        }
    }
    return unusable ? PARTNERS_UNUSABLE : count;
}

/* The three as one text, in `key`; its length, or 0 when they do not fit. */
static size_t memo_key(char key[MEMO_KEY], struct bytes qualifier, struct bytes id, struct bytes group)
{
    const struct bytes parts[] = {qualifier, id, group};
    size_t len = 0;

    for (unsigned i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].len + 1 > MEMO_KEY - len)
            return 0;
        if (parts[i].len > 0)
            memcpy(key + len, parts[i].at, parts[i].len);
        len += parts[i].len;
        key[len++] = '\0';
    }
    return len;
}

enum partner_match partners_match(struct partners *partners, struct bytes qualifier, struct bytes id,
                                  struct bytes group, const struct partner **found,
                                  const struct partner **nearest)
{
    char key[MEMO_KEY];
    size_t len;
    struct memo *memo;

    qualifier = bytes_trim(qualifier);
    id = bytes_trim(id);
    group = bytes_trim(group);
    len = memo_key(key, qualifier, id, group);
    for (unsigned i = 0; len > 0 && i < MEMOS; i++) {
        memo = &partners->memos[i];
        if (memo->len == len && memcmp(memo->key, key, len) == 0) {
            *found = memo->found;
            *nearest = memo->nearest;
            return memo->match;
        }
    }
    memo = &partners->memos[partners->next_memo++ % MEMOS];
    memo->match = match(partners, qualifier, id, group, found, nearest);
    memo->found = *found;
    memo->nearest = *nearest;
    memcpy(memo->key, key, len);
    memo->len = len;
    return memo->match;
}
