/*
 * gap_sql: which control numbers are missing.  Private to migration_numbers.c, whose view number_gaps it is,
 * and to gap.c, which asks as of a time; it is released with version 10 and never changed.
 *
 * Of the numbers of a series, in the order they came, one that is more than 1000 behind the one before it
 * begins a new run: the numbers began anew.  What is missing between two neighbours of a run is a gap.
 * Groups that come are counted by kind of document or all together, as their sender likes: what another kind
 * of the same sender has is not missing.
 */
#ifndef CROSSDOCK_LEDGER_GAP_SQL_H
#define CROSSDOCK_LEDGER_GAP_SQL_H

/* FROM: numbers_used, with what else there is to say of it. */
#define GAP_SQL(FROM)                                                                                     \
    " WITH used AS (SELECT *, ifnull(number + 1000 < lag(number)"                                         \
    "   OVER (PARTITION BY direction, series ORDER BY ordinal), 0) AS is_anew FROM " FROM "),"            \
    " runs AS (SELECT *, sum(is_anew) OVER (PARTITION BY direction, series ORDER BY ordinal) AS run"      \
    "  FROM used),"                                                                                       \
    " ranked AS (SELECT *, dense_rank() OVER (PARTITION BY direction, what,"                              \
    "   CASE WHEN direction = 'in' AND what = 'GS' THEN pair ELSE series || ' ' || run END"               \
    "   ORDER BY number) AS place FROM runs),"                                                            \
    " steps AS (SELECT direction, what, series, number, ordinal, at, lead(number) OVER w AS next,"        \
    "   lead(place) OVER w - place AS step, lead(at) OVER w AS next_at"                                   \
    "  FROM ranked WINDOW w AS (PARTITION BY direction, series, run ORDER BY number, ordinal))"           \
    " SELECT s.direction, s.what, s.series, s.number + 1 AS first, s.next - 1 AS last,"                   \
    "  s.next - s.number - s.step AS missing, max(s.at, s.next_at) AS since,"                             \
    "  CASE s.direction WHEN 'out' THEN (SELECT o.partner FROM sent o WHERE o.sent_id = s.ordinal)"       \
    "   ELSE (SELECT d.partner FROM interchange i JOIN arrival a ON a.file_id = i.file_id"                \
    "    JOIN document d USING(document_id) WHERE i.interchange_id = s.ordinal LIMIT 1) END AS partner,"  \
    "  (SELECT w.reason FROM waiver w WHERE w.series = s.series AND w.first <= s.number + 1"              \
    "   AND w.last >= s.next - 1) AS waived"                                                              \
    " FROM steps s WHERE s.next - s.number > s.step AND s.series NOT LIKE 'GS % reject'"

#endif
