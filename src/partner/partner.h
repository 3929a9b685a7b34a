/*
 * partner: who sends and receives, and what applies to their files.
 *
 * One YAML file a partner, partners/NAME.yaml; crossdock-partner(5) lists the keys.  A partner is found by
 * name (-p) or from the interchange: ISA05-08 and GS02, compared without the padding.  What a file does not
 * say is inherited: document over partner over the defaults of the manual.
 *
 * Everything belongs to the partners and lives until partners_close.
 */
#ifndef CROSSDOCK_PARTNER_PARTNER_H
#define CROSSDOCK_PARTNER_PARTNER_H

#include <limits.h>

#include "base/charset.h"
#include "conf/search.h"
#include "diag/report.h"
#include "map/xref.h"
#include "partner/feed.h"
#include "partner/limit.h"
#include "partner/mailbox.h"
#include "partner/send.h"
#include "standard/rules.h"
#include "standard/verdict.h"

enum unmapped { UNMAPPED_IGNORE, UNMAPPED_WARN, UNMAPPED_ERROR, UNMAPPED_KEEP };
enum ack_kind { PARTNER_ACK_997, PARTNER_ACK_999, PARTNER_ACK_NONE };
enum test_data { TEST_ACCEPT, TEST_REFUSE };
enum duplicate_policy { DUPLICATE_HOLD, DUPLICATE_ACCEPT, DUPLICATE_FLAG };

/* What the ledger does when a number that was used comes again with other content. */
struct partner_duplicates {
    enum duplicate_policy interchange; /* ISA13 */
    enum duplicate_policy set;         /* ST02 of one group */
    enum duplicate_policy document;    /* the business numbers that tell documents apart */
    uint64_t window;                   /* seconds it looks back; 0: for ever */
};

/* An identity: a qualifier and an id of ISA05/06, and GS02 where it matters.  At NULL: anything. */
struct partner_identity {
    struct bytes qualifier, id, group;
};

/* What applies to one transaction set type of a partner. */
struct partner_document {
    const char *set;    /* "850"; "" for the partner's own defaults */
    const char *map;    /* name, or NULL: the generic one */
    const char *guide;  /* name, or NULL */
    struct rules rules; /* defaults, partner's and document's, laid over each other */
    enum unmapped unmapped;
    enum ack_kind ack;
    enum ack_detail detail;
    struct partner_send send;
};

struct partner {
    const char *name; /* "acme"; "" for the generic one */
    const char *title;
    const char *file; /* of its file; NULL for the generic one */
    uint32_t n_identities;
    const struct partner_identity *identities;
    uint32_t n_us;
    const struct partner_identity *us; /* our own identities towards it: expected receivers; none: any */
    const struct charset *charset;
    enum charset_policy bad_bytes;
    enum ack_ta1_policy ta1;
    const char *ack_release; /* "004010", or NULL: follow GS08 */
    enum test_data test_data;
    struct partner_duplicates duplicates;
    struct xref_sources xrefs; /* for the maps of its documents */
    uint32_t n_feeds;
    struct partner_feed *feeds; /* files that it sends and that are no X12 */
    struct mailbox mailbox;
    struct limits limits; /* of reconcile; above it is partners_limits, for whoever holds anything to it */
    struct partner_document defaults;
    uint32_t n_documents;
    const struct partner_document *documents;
};

struct partners;

/* Nothing is read yet. NULL: out of memory. */
struct partners *partners_open(struct search *search, struct report *report);
void partners_close(struct partners *partners);

/* The one for senders nobody knows: every default of the manual. */
const struct partner *partners_generic(const struct partners *partners);

/* By name; NULL when there is none or its file is wrong: told to the report, with the nearest name. */
const struct partner *partners_named(struct partners *partners, struct bytes name);

/* The limits that hold for all partners: of reconcile.yaml, over those that are built in.  NULL: the file is
 * wrong, which is told once. */
const struct limits *partners_limits(struct partners *partners);

/* How an identity fitted. */
enum partner_match {
    PARTNER_MATCHED,
    PARTNER_QUALIFIER_DIFFERS, /* the id is known under another qualifier: *nearest says which */
    PARTNER_NOBODY,            /* *nearest is the most similar identity there is, or NULL */
    /* Whose it is cannot be said: a file that mentions the id is wrong or could not be read, or not even
     * their folder.  Told, and nothing may be translated by guess. */
    PARTNER_UNUSABLE,
};

/* From the views of ISA05, ISA06 and GS02 as they came; *found is never NULL (the generic one when unknown).
 * Partner files that do not mention the id are not parsed. */
enum partner_match partners_match(struct partners *partners, struct bytes qualifier, struct bytes id,
                                  struct bytes group, const struct partner **found,
                                  const struct partner **nearest);

/* Whose file this is, by its name without folders: how many partners have a feed of that name, of all there
 * are, and the first of them with its first such feed.  Partner files without feeds are not parsed.
 * PARTNERS_UNUSABLE: one that may have feeds, or the folder of all, is of no use: told. */
#define PARTNERS_UNUSABLE UINT_MAX
unsigned partners_of_file(struct partners *partners, struct bytes name, const struct partner **found,
                          const struct partner_feed **feed);

/* What applies to a set type: the document's block, else the partner's defaults. Never NULL. */
const struct partner_document *partner_document(const struct partner *partner, struct bytes set);

#endif
