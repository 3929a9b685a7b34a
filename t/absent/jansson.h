/* Found only when configure did not find jansson: says so instead of leaving a test out. */
#error "make check needs jansson (Debian: apt-get install libjansson-dev), then run configure again"
