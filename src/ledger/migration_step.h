/*
 * migration_step: the SQL of steps that have a file of their own.  Private to migration.c, which runs them in
 * their order.
 */
#ifndef CROSSDOCK_LEDGER_MIGRATION_STEP_H
#define CROSSDOCK_LEDGER_MIGRATION_STEP_H

/* To version 8: acknowledgments expected and received. */
extern const char migration_acks_tables[], migration_acks_before[], migration_acks_views[];

/* To version 9: documents that were translated again. */
extern const char migration_replay[];

/* To version 10: control numbers that are missing, or came again. */
extern const char migration_numbers_waived[], migration_numbers_used[], migration_numbers_views[];

#endif
