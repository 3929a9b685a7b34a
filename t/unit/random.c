#include "random.h"

uint32_t random_below(struct random *random, uint32_t n)
{
    /* splitmix64 (Steele, Lea, Flood) */
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return n > 0 ? (uint32_t)((z ^ z >> 31) >> 32) % n : 0;
}

bool random_chance(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}
