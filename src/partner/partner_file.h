/*
 * partner_file: a partner's YAML file, read through tables into a struct partner.  Private to the partner
 * room.
 *
 * The tables of partner_file.c are the list of keys; crossdock-partner(5) says them in words.
 */
#ifndef CROSSDOCK_PARTNER_PARTNER_FILE_H
#define CROSSDOCK_PARTNER_PARTNER_FILE_H

#include "conf/yaml.h"
#include "partner/partner.h"

/* What holds for a partner whose file says nothing. */
void partner_file_defaults(struct partner *partner);

/* Fills a partner that has its defaults from the tree of partners/NAME.yaml.  What it holds lives in
 * `arena` and in the tree, but for the charset, which partners_close closes.  False: every mistake was
 * told. */
bool partner_file_read(struct partner *partner, const struct yaml_node *top, const char *name,
                       struct arena *arena, struct report *report);

#endif
