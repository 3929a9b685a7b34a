#include "report/review_control.h"

struct controls {
    struct review *review;
    size_t room;
};

/* That of a partner, which is made where there is none; they stand by name.  NULL: no memory. */
static struct review_control *control_of(struct controls *controls, struct bytes partner)
{
    struct review *review = controls->review;
    size_t at = review->n_controls;

    while (at > 0 && bytes_compare(review->controls[at - 1].partner, partner) > 0)
        at--;
    if (at > 0 && bytes_equal(review->controls[at - 1].partner, partner))
        return &review->controls[at - 1];
    if (review->n_controls == controls->room) {
        size_t room = controls->room * 2 + 16;
        struct review_control *more = arena_zalloc(review->arena, room, sizeof(*more));

        if (more == NULL)
            return NULL;
        if (review->n_controls > 0)
            memcpy(more, review->controls, review->n_controls * sizeof(*more));
        review->controls = more;
        controls->room = room;
    }
    memmove(&review->controls[at + 1], &review->controls[at],
            (review->n_controls++ - at) * sizeof(*review->controls));
    review->controls[at] = (struct review_control){.partner = arena_copy(review->arena, partner)};
    return &review->controls[at];
}

static bool tell_read(struct controls *controls, struct compare *compare)
{
    /* Of a file whose documents are of one partner that partner's; a file of nobody's documents counts as
     * nobody's. */
    static const char select[] =
        "SELECT ifnull(f.partner, ''), f.read_count, f.translated_count, f.held_count, f.rejected_count,"
        " f.duplicate_count, f.ignored_count FROM files f WHERE f.posted_at <= ?1 ORDER BY 1";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    while (query_row(compare->ledger, query)) {
        struct review_control *control = control_of(controls, query_text(query, 0));

        if (control == NULL)
            break;
        control->read += query_number(query, 1);
        control->translated += query_number(query, 2);
        control->held += query_number(query, 3);
        control->rejected += query_number(query, 4);
        control->duplicate += query_number(query, 5);
        control->ignored += query_number(query, 6);
    }
    query_end(query);
    return !ledger_failed(compare->ledger);
}

/* By group, which says how many sets it has; of one that was accepted in part it is asked which were not. */
static bool tell_sent(struct controls *controls, struct compare *compare)
{
    static const char select[] =
        "SELECT partner, set_count, CASE WHEN ack = 'due' OR acked_at > ?1 THEN set_count ELSE 0 END,"
        " CASE WHEN acked_at > ?1 THEN 0 WHEN ack = 'rejected' THEN set_count WHEN ack = 'partly' THEN"
        "  (SELECT count(*) FROM sent_documents t WHERE t.sent = s.ordinal AND t.ack = 'rejected') ELSE 0 END"
        " FROM sent_interchanges s WHERE state = 'sent' AND sent_at <= ?1 AND ack IS NOT NULL ORDER BY 1";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    while (query_row(compare->ledger, query)) {
        struct review_control *control = control_of(controls, query_text(query, 0));

        if (control == NULL)
            break;
        control->sent += query_number(query, 1);
        control->pending += query_number(query, 2);
        control->refused += query_number(query, 3);
        control->acknowledged += query_number(query, 1) - query_number(query, 2) - query_number(query, 3);
    }
    query_end(query);
    return !ledger_failed(compare->ledger);
}

bool review_tell_controls(struct review *review, struct compare *compare)
{
    struct controls controls = {.review = review};

    return tell_read(&controls, compare) && tell_sent(&controls, compare);
}
