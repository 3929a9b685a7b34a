/* Found only when configure did not find cmocka: says so instead of leaving a test out. */
#error "make check needs cmocka (Debian: apt-get install libcmocka-dev), then run configure again"
