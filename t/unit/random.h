/*
 * random: numbers drawn for the tests that make documents: the same for the same state.
 */
#ifndef CROSSDOCK_UNIT_RANDOM_H
#define CROSSDOCK_UNIT_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

uint32_t random_below(struct random *random, uint32_t n); /* 0 when n is 0 */
bool random_chance(struct random *random, uint32_t percent);

#endif
