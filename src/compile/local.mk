# compile-x12 reads maps/x12 and writes the flat image the tools map into memory. It runs while building and
# is not installed.
