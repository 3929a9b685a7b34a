#include "translate/edi_address.h"

/* "ZZ:CROSSDOCK" */
static struct bytes identity_text(struct arena *arena, const struct partner_identity *identity)
{
    return arena_join(arena, identity->qualifier.at != NULL ? identity->qualifier : BYTES("ZZ"), ":",
                      identity->id);
}

static struct bytes id_part(struct bytes identity)
{
    struct bytes part;

    if (memchr(identity.at, ':', identity.len) != NULL)
        (void)bytes_split(&identity, ':', &part);
    return identity;
}

/* An answer goes back the way its file came. */
static void address_answer(struct edi_address *address, const struct canon_record *record,
                           const struct partner *partner)
{
    const struct canon_source *source = &record->source;

    if (source->sender.len == 0 || source->receiver.len == 0)
        return;
    address->from = source->receiver;
    address->to = source->sender;
    address->app_from = source->app_receiver.len > 0 ? source->app_receiver : id_part(source->receiver);
    address->app_to = source->app_sender.len > 0 ? source->app_sender : id_part(source->sender);
    address->test = source->test;
    address->ack_requested = false;
    if (partner->ack_release != NULL)
        address->release = bytes_of(partner->ack_release);
    else if (source->release.len > 0)
        address->release = source->release;
}

static void address_relayed(struct edi_address *address, const struct canon_record *record)
{
    const struct canon_source *source = &record->source;

    if (source->sender.len > 0)
        address->from = source->sender;
    if (source->receiver.len > 0)
        address->to = source->receiver;
    if (source->app_sender.len > 0)
        address->app_from = source->app_sender;
    if (source->app_receiver.len > 0)
        address->app_to = source->app_receiver;
    if (source->release.len > 0)
        address->release = source->release;
    address->test |= source->test;
}

/* Whether it fits ISA05 and ISA06. */
static bool is_identity(struct bytes identity)
{
    struct bytes id;

    if (identity.at == NULL)
        return false;
    id = id_part(identity);
    return id.len > 0 && id.len <= 15 && identity.len - id.len <= 3;
}

bool edi_address_find(struct edi_address *address, const struct partner *partner,
                      const struct partner_send *send, const struct canon_record *record, bool relayed,
                      struct arena *arena)
{
    struct x12_delimiters *delimiters = &address->style.delimiters;

    *address = (struct edi_address){.partner = partner->name,
                                    .from = send->from,
                                    .to = send->to,
                                    .app_from = send->app_from,
                                    .app_to = send->app_to,
                                    .release = send->release,
                                    .agency = send->agency,
                                    .version = send->interchange_version,
                                    .test = send->test,
                                    .ack_requested = send->ack_requested,
                                    .style = send->style};
    if (address->from.at == NULL && partner->n_us > 0)
        address->from = identity_text(arena, &partner->us[0]);
    if (address->to.at == NULL && partner->n_identities > 0)
        address->to = identity_text(arena, &partner->identities[0]);
    if (address->app_from.at == NULL && address->from.at != NULL)
        address->app_from = partner->n_us > 0 && partner->us[0].group.at != NULL ? partner->us[0].group
                                                                                 : id_part(address->from);
    if (address->app_to.at == NULL && address->to.at != NULL)
        address->app_to = partner->n_identities > 0 && partner->identities[0].group.at != NULL
                              ? partner->identities[0].group
                              : id_part(address->to);
    if (strcmp(record->kind->name, "functional_ack") == 0 && !relayed)
        address_answer(address, record, partner);
    if (relayed)
        address_relayed(address, record);
    if (address->version.at == NULL)
        address->version = address->release.len >= 6 ? (struct bytes){address->release.at, 5}
                                                     : BYTES("00401");
    /* ISA11 separates repetitions from 00402 on. */
    if (bytes_compare(address->version, BYTES("00402")) < 0)
        delimiters->repetition = '\0';
    else if (delimiters->repetition == '\0' && memchr(delimiters, '^', 3) == NULL)
        delimiters->repetition = '^';
    return is_identity(address->from) && is_identity(address->to) && address->app_from.len <= 15 &&
           address->app_to.len <= 15;
}

bool edi_address_expect(struct edi_address *address, struct partners *partners, const struct partner *partner,
                        const struct partner_send *send, struct bytes kind)
{
    struct limits limits = partner->limits;
    const struct limit_value *limit;

    /* Nobody acknowledges an acknowledgment. */
    address->ack_expected = send->expects_ack && !bytes_are(kind, "functional_ack");
    if (!address->ack_expected && !address->ack_requested)
        return true;
    limits.above = partners_limits(partners);
    if (limits.above == NULL)
        return false;
    limit = limits_find(&limits, LIMIT_ACK_DUE, kind, (struct bytes){NULL, 0});
    address->ack_seconds = limit->none ? 0 : limit->seconds;
    address->calendar = limits_calendar(limits.has_calendar ? &partner->limits : limits.above);
    return true;
}
